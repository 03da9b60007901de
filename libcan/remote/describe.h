// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cansuite/config.h"

namespace can::remote {

/// Filters in words, for a log: "filters 123:7FF", "no filters". At most eight are shown.
std::string describe(const Filters& filters);

/// Bit rates and filters in words, for a log: "500000 bit/s, no filters".
std::string describe(const BusConfig& config);

}  // namespace can::remote
