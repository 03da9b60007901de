// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace can::signals {

/// Whether the text is as the pattern: * stands for any characters, ? for one.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace can::signals
