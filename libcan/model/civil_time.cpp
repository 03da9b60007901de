// SPDX-License-Identifier: MIT
#include "libcan/model/civil_time.h"

#include <algorithm>
#include <ctime>

#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/model/floor_rest.h"

namespace can {
namespace {

using namespace std::chrono;

int two_digits(std::string_view text, std::size_t at) {
  const auto digit = [&](std::size_t i) { return is_digit(text[i]) ? text[i] - '0' : -100; };
  return digit(at) * 10 + digit(at + 1);
}

std::int64_t seconds_as_utc(const CivilTime& c) {
  const auto days = sys_days(year(c.year) / month(static_cast<unsigned>(c.month)) / 1) +
                    std::chrono::days(c.day - 1);
  return days.time_since_epoch().count() * std::int64_t{86'400} + c.hour * 3600 + c.minute * 60 +
         c.second;
}

// When a clock is set back, an hour occurs twice. mktime alone may return either; this is the
// earlier.
std::int64_t seconds_as_local(const CivilTime& c) {
  std::tm fields{};
  fields.tm_year = c.year - 1900;
  fields.tm_mon = c.month - 1;
  fields.tm_mday = c.day;
  fields.tm_hour = c.hour;
  fields.tm_min = c.minute;
  fields.tm_sec = c.second;
  std::tm summer = fields;
  summer.tm_isdst = 1;
  fields.tm_isdst = -1;
  const std::time_t any = std::mktime(&fields), early = std::mktime(&summer);
  return summer.tm_isdst > 0 && summer.tm_hour == c.hour ? std::min(any, early) : any;
}

}  // namespace

TimeZone parse_time_zone(std::string_view text) {
  if (text == "local") return {};
  if (text == "utc" || text == "UTC" || text == "Z") return {.local = false};
  const bool colon = text.size() == 6 && text[3] == ':';
  if (!text.empty() && (text[0] == '+' || text[0] == '-') && (colon || text.size() == 5)) {
    const int hours = two_digits(text, 1), rest = two_digits(text, colon ? 4 : 3);
    if (hours >= 0 && hours < 24 && rest >= 0 && rest < 60)
      return {.local = false,
              .east_of_utc = minutes((hours * 60 + rest) * (text[0] == '-' ? -1 : 1))};
  }
  fail(Errc::invalid, "expected a time zone as local, utc or +hh:mm, got {}", quote(text));
}

CivilTime to_civil(nanoseconds since_epoch, const TimeZone& zone) {
  const auto whole = floor<seconds>(since_epoch);
  std::time_t shown = whole.count() + (zone.local ? 0 : seconds(zone.east_of_utc).count());
  std::tm fields{};
  zone.local ? localtime_r(&shown, &fields) : gmtime_r(&shown, &fields);
  return {.year = fields.tm_year + 1900,
          .month = fields.tm_mon + 1,
          .day = fields.tm_mday,
          .hour = fields.tm_hour,
          .minute = fields.tm_min,
          .second = fields.tm_sec,
          .nanosecond = static_cast<int>(floor_rest(since_epoch, 1s).count()),
          .weekday = fields.tm_wday};
}

nanoseconds from_civil(const CivilTime& civil, const TimeZone& zone) {
  CivilTime c = civil;
  c.year = std::clamp(c.year, 1678, 2261);
  c.month = std::clamp(c.month, 1, 12);
  c.day = std::clamp(c.day, 1, 31);
  c.hour = std::clamp(c.hour, 0, 23);
  c.minute = std::clamp(c.minute, 0, 59);
  c.second = std::clamp(c.second, 0, 60);
  const std::int64_t whole =
      zone.local ? seconds_as_local(c) : seconds_as_utc(c) - seconds(zone.east_of_utc).count();
  return seconds(whole) + nanoseconds(std::clamp(c.nanosecond, 0, 999'999'999));
}

}  // namespace can
