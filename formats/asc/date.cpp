// SPDX-License-Identifier: MIT
#include "formats/asc/date.h"

#include <string>

#include "formats/asc/months.h"
#include "formats/support/put_text.h"
#include "formats/support/scanner.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"

namespace can::asc {
namespace {

struct HalfDay {
  std::string_view word;
  bool afternoon;
};

// In lower case. East Asian words are in UTF-8, then in Shift-JIS (Japanese) or GBK (Chinese).
constexpr HalfDay kHalfDays[] = {
    {"am", false},
    {"pm", true},
    {"a.m.", false},
    {"p.m.", true},
    {"午前", false},
    {"午後", true},
    {"\x8c\xdf\x91o", false},
    {"\x8c\xdf\x8c\xe3", true},
    {"上午", false},
    {"下午", true},
    {"\xc9\xcf\xce\xe7", false},
    {"\xcf\xc2\xce\xe7", true},
    {"오전", false},
    {"오후", true},
};

constexpr std::string_view kWeekdayNames[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view kMonthNames[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Collects a date from words in any order.
class DateWords {
 public:
  bool add(std::string_view word) {
    if (read_half_day(word)) return true;
    if (!is_digit(word[0])) return read_name(word);
    return word.find(':') == word.npos ? read_numbers(word) : read_time(word);
  }

  std::optional<CivilTime> date() const {
    const bool named = month_ != 0;
    if (!has_time_ || year_ == 0 || count_ != (named ? 1 : 2)) return {};
    CivilTime date = time_;
    date.year = year_;
    date.month = named ? month_ : numbers_[day_first_ ? 1 : 0];
    date.day = numbers_[named || day_first_ ? 0 : 1];
    if (afternoon_ && date.hour < 12) date.hour += 12;
    if (morning_ && date.hour == 12) date.hour = 0;
    const bool possible = date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31;
    return possible ? std::optional(date) : std::nullopt;
  }

 private:
  bool read_half_day(std::string_view word) {
    for (const HalfDay& half : kHalfDays)
      if (same_word(word, half.word)) {
        (half.afternoon ? afternoon_ : morning_) = true;
        return true;
      }
    return false;
  }

  /// The month is the last name before the time ("mar. nov. 2": Tuesday in French). A later name
  /// may be that of a zone.
  bool read_name(std::string_view word) {
    const int month = month_named(word, name_);
    if (!has_time_ || month != 0) month_ = month;
    name_ = word;
    return true;
  }

  /// "2023", "2", "11月", "30.09.2017", "2017-09-30". "2/3/2017" is ambiguous, so not accepted.
  bool read_numbers(std::string_view word) {
    for (Scanner rest(word); !rest.done();) {
      std::uint64_t value;
      if (!rest.read_decimal(value, 9999)) return false;
      if (value >= 1000)
        year_ = static_cast<int>(value);
      else if (count_ < 2)
        numbers_[count_++] = static_cast<int>(value);
      else
        return false;
      const char separator = rest.peek();
      while (!rest.done() && !is_digit(rest.peek())) rest.skip(1);
      if (rest.done()) return true;
      if (separator == '/' && year_ == 0) return false;
      if (separator == '.' && year_ == 0) day_first_ = true;
    }
    return true;
  }

  /// "15:06:13.191", "3:06pm".
  bool read_time(std::string_view word) {
    std::string text(word);
    if (const std::size_t comma = text.find(','); comma != text.npos) text[comma] = '.';
    Scanner rest(text);
    std::uint64_t hour, minute;
    std::chrono::nanoseconds second{};
    if (!rest.read_decimal(hour, 23) || !rest.accept(':') || !rest.read_decimal(minute, 59))
      return false;
    if (rest.accept(':') && !rest.read_seconds(second)) return false;
    if (second < std::chrono::seconds(0) || second >= std::chrono::seconds(61)) return false;
    time_.hour = static_cast<int>(hour);
    time_.minute = static_cast<int>(minute);
    time_.second = static_cast<int>(second / std::chrono::seconds(1));
    time_.nanosecond = static_cast<int>((second % std::chrono::seconds(1)).count());
    has_time_ = true;
    return rest.done() || read_half_day(rest.rest());
  }

  CivilTime time_;
  std::string_view name_;  // the last one: a weekday's, when the month follows
  int year_ = 0, month_ = 0;
  int numbers_[2] = {};  // day, or month and day
  int count_ = 0;
  bool has_time_ = false, morning_ = false, afternoon_ = false, day_first_ = false;
};

}  // namespace

std::optional<CivilTime> parse_date(std::string_view text) {
  DateWords words;
  Scanner rest(text);
  rest.skip_blanks();
  while (!rest.done())
    if (!words.add(rest.read_word())) return {};
  return words.date();
}

char* put_date(char* at, const CivilTime& date) {
  const auto number = [](int value) { return static_cast<std::uint32_t>(value); };
  at = put_text(at, kWeekdayNames[date.weekday]);
  *at++ = ' ';
  at = put_text(at, kMonthNames[date.month - 1]);
  *at++ = ' ';
  at = put_decimal(at, number(date.day));
  *at++ = ' ';
  at = put_padded<2>(at, number((date.hour + 11) % 12 + 1));
  *at++ = ':';
  at = put_padded<2>(at, number(date.minute));
  *at++ = ':';
  at = put_padded<2>(at, number(date.second));
  char millis[4];
  put_padded<4>(millis, number(date.nanosecond / 1'000'000));
  millis[0] = '.';
  at = put_text(at, {millis, sizeof millis});
  at = put_text(at, date.hour < 12 ? " am " : " pm ");
  return put_decimal(at, number(date.year));
}

}  // namespace can::asc
