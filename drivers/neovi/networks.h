// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace can::neovi {

/// The number of a network: "1", "HSCAN" or "NETID_HSCAN". Throws Errc::invalid.
int parse_network(std::string_view text);

}  // namespace can::neovi
