// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "cansuite/log.h"
#include "libcan/model/first_date.h"

namespace can {

/// A date and time of day without a zone.
struct CivilTime {
  int year = 1970, month = 1, day = 1;   ///< month 1-12, day 1-31
  int hour = 0, minute = 0, second = 0;  ///< second 0-60
  int nanosecond = 0;                    ///< 0-999,999,999
  int weekday = 4;                       ///< 0 Sunday to 6; from_civil ignores it
};

/// The civil time in `zone` of any int64 of nanoseconds since the epoch.
CivilTime to_civil(std::chrono::nanoseconds since_epoch, const TimeZone& zone);

/// The reverse. Fields out of range, and years outside 1678 to 2261, are clamped. A local time that
/// occurs twice is the earlier one.
std::chrono::nanoseconds from_civil(const CivilTime& civil, const TimeZone& zone);

}  // namespace can
