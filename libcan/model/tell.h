// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "cansuite/logging.h"

namespace can {

/// Whether lines of this level go anywhere; ask before a line costs something to make.
bool tells(LogLevel level);

/// Passes a line on to the sink of set_log_sink(), if the level is told.
void tell(LogLevel level, std::string_view line);

}  // namespace can
