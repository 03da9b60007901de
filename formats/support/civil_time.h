// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string_view>

namespace can {

/// The zone of the civil times in a log's header: this machine's, or a fixed distance from UTC.
struct TimeZone {
  bool local = true;
  std::chrono::minutes east_of_utc{0};  ///< where not local
};

/// "local", "utc", "+01:00", "-0930". Throws Errc::invalid.
TimeZone parse_time_zone(std::string_view text);

/// The first plausible date of a message: 1990-01-01, UTC. Earlier times count from the start of a
/// log without a date, from 0: there was no CAN to record. python-can writes no date for them,
/// either.
constexpr std::chrono::nanoseconds kFirstDate =
    std::chrono::sys_days(std::chrono::year(1990) / 1 / 1).time_since_epoch();

/// A date and time of day without a zone.
struct CivilTime {
  int year = 1970, month = 1, day = 1;  ///< month 1-12, day 1-31
  int hour = 0, minute = 0, second = 0;
  int nanosecond = 0;
  int weekday = 4;  ///< 0 Sunday; from_civil doesn't look at it
};

/// Any int64 of nanoseconds since the epoch, to its civil time in `zone`.
CivilTime to_civil(std::chrono::nanoseconds since_epoch, const TimeZone& zone);

/// And back. Fields out of range, and years outside 1678 to 2261, are brought to the nearest time
/// that can be told. A local time that occurs twice is taken as the earlier.
std::chrono::nanoseconds from_civil(const CivilTime& civil, const TimeZone& zone);

}  // namespace can
