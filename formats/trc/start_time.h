// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "libcan/model/civil_time.h"

namespace can::trc {

/// Reads $STARTTIME: days, with decimals, since 1899-12-30 00:00 of the clock in `zone`. False for
/// anything else and for times outside 1678 to 2261.
bool parse_start_time(std::string_view text, const TimeZone& zone, std::chrono::nanoseconds& out);

/// Writes $STARTTIME with enough decimals to be exact to the nanosecond.
std::string start_time_text(std::chrono::nanoseconds since_epoch, const TimeZone& zone);

}  // namespace can::trc
