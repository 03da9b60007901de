// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace can::remote {

/// Compares without telling, by the time it takes, how much of it is right.
bool same_token(std::string_view a, std::string_view b);

}  // namespace can::remote
