// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "libcan/model/config.h"

namespace can::remote {

/// What a client asked for, in words for a log: "filters 123:7FF", "no filters".
std::string describe(const Filters& filters);

/// "500000 bit/s, no filters"
std::string describe(const BusConfig& config);

}  // namespace can::remote
