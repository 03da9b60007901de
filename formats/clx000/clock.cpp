// SPDX-License-Identifier: MIT
#include "formats/clx000/clock.h"

#include <string>

#include "formats/support/scanner.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"

namespace can::clx000 {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

const TimeZone kUtc{.local = false};
constexpr std::size_t kTimeOfDay = 9, kDay = 11, kMonth = 13,
                      kYear = 17;  // digits from this unit on

/// The digits of a time without separators; none for text that is no time.
class Digits {
 public:
  explicit Digits(std::string_view text) {
    if (!read(text)) size_ = 0;
  }
  std::string_view view() const { return {digits_, size_}; }

 private:
  bool read(std::string_view text) {
    for (char c : text) {
      if ((is_letter(c) && c != 'T') || size_ == kYear) return false;
      if (is_digit(c))
        digits_[size_++] = c;
      else if (size_ == 0)
        return false;
    }
    return true;
  }

  char digits_[kYear];
  std::size_t size_ = 0;
};

/// The number of two digits that starts `place` digits before the end; 0 where there are none, -1
/// above `limit`.
int unit(std::string_view digits, std::size_t place, int limit) {
  if (digits.size() < place) return 0;
  const char* at = digits.data() + digits.size() - place;
  const int value = (at[0] - '0') * 10 + at[1] - '0';
  return value > limit ? -1 : value;
}

milliseconds midnight_of(CivilTime date) {
  date.hour = date.minute = date.second = date.nanosecond = 0;
  return floor<milliseconds>(from_civil(date, kUtc));
}

/// The same day, `count` months later.
CivilTime later(CivilTime date, int count) {
  const int months = date.year * 12 + date.month - 1 + count;
  date.year = months / 12;
  date.month = months % 12 + 1;
  return date;
}

}  // namespace

bool Clock::start(std::string_view text) {
  const Digits digits(std::string(text) + "000");
  return digits.view().size() == kYear && read_digits(digits.view());
}

bool Clock::read(std::string_view text, nanoseconds& out) {
  if (!read_digits(Digits(text).view())) return false;
  out = dated_ ? in_zone() : last_;
  return true;
}

bool Clock::read_digits(std::string_view digits) {
  const std::size_t count = digits.size();
  if (count < 3 || count > kYear || count == kYear - 2 || count % 2 == 0) return false;
  std::uint64_t thousandths = 0;
  parse_decimal(digits.substr(count - 3), 999, thousandths);
  const int hour = unit(digits, 9, 23), minute = unit(digits, 7, 59), second = unit(digits, 5, 59);
  if (hour < 0 || minute < 0 || second < 0) return false;
  const milliseconds time = hours(hour) + minutes(minute) + seconds(second) +
                            milliseconds(static_cast<std::int64_t>(thousandths));
  milliseconds midnight{};
  if (count > kTimeOfDay && !nearest_date(digits, midnight)) return false;
  last_ = count > kTimeOfDay ? midnight + time : nearest_of_day(time, count);
  started_ = true;
  dated_ |= count == kYear;
  return true;
}

milliseconds Clock::nearest_of_day(milliseconds time, std::size_t digits) const {
  const milliseconds period = digits == 3 ? 1s : digits == 5 ? 60s : digits == 7 ? 3600s : 86400s;
  const milliseconds whole = last_ - (last_ % period + period) % period + time;
  if (!started_) return whole;
  return whole - last_ > period / 2   ? whole - period
         : last_ - whole > period / 2 ? whole + period
                                      : whole;
}

bool Clock::nearest_date(std::string_view digits, milliseconds& midnight) const {
  const bool month_known = digits.size() >= kMonth;
  CivilTime date = to_civil(last_, kUtc);
  date.day = unit(digits, kDay, 31);
  if (month_known) date.month = unit(digits, kMonth, 12);
  if (digits.size() == kYear)
    date.year = unit(digits, kYear, 99) * 100 + unit(digits, kYear - 2, 99);
  if (date.day < 1 || date.month < 1) return false;
  midnight = midnight_of(date);
  if (digits.size() == kYear || !started_) return true;
  for (const int months : {-1, 1}) {
    const milliseconds other = midnight_of(later(date, month_known ? months * 12 : months));
    if (abs(other - last_) < abs(midnight - last_)) midnight = other;
  }
  return true;
}

nanoseconds Clock::in_zone() {
  if (const auto hour = floor<hours>(last_); hour != hour_) {
    hour_ = hour;
    distance_ = from_civil(to_civil(hour, kUtc), zone_) - hour;
  }
  return last_ + distance_;
}

}  // namespace can::clx000
