// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "libcan/signals/statements.h"
#include "libcan/signals/warnings.h"

namespace can::signals {

/// Reads the statements of a DBC file in UTF-8. After a wrong one, continues at the next keyword at
/// the start of a line. Time and memory grow with the size of the text. The text must outlive the
/// result. Throws Errc::corrupt (no statement, too many).
Statements parse_statements(std::string_view text, Warnings& warnings);

}  // namespace can::signals
