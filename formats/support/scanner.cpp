// SPDX-License-Identifier: MIT
#include "formats/support/scanner.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>

#include "libcan/model/hex.h"

namespace can {
namespace {

constexpr std::int64_t kNanos = 1'000'000'000;
constexpr std::uint64_t kMaxSeconds = INT64_MAX / kNanos - 1;

using text_detail::digit;
using text_detail::eight_digits;
using text_detail::kPowers;
using text_detail::leading_digits;

/// Moves the decimal point of a number `places` to the right.
void move_point(std::string& number, int places) {
  const std::size_t sign = number.starts_with('-') || number.starts_with('+') ? 1 : 0;
  std::size_t point = std::min(number.find('.'), number.size());
  if (point < number.size()) number.erase(point, 1);
  for (; places < 0; ++places)
    point == sign ? number.insert(sign, 1, '0') : number.insert(--point, 0, '0');
  for (; places > 0; --places)
    if (++point > number.size()) number += '0';
  number.insert(point, 1, '.');
  if (point == sign) number.insert(sign, 1, '0');
}

}  // namespace

std::size_t Scanner::read_digits(std::uint64_t& value) {
  value = 0;
  const char* start = at_;
  while (end_ - at_ >= 8) {
    const std::uint64_t word = text_detail::word_at(at_);
    const int count = leading_digits(word);
    if (count == 0) return static_cast<std::size_t>(at_ - start);
    value = value * kPowers[count] + eight_digits(word << (8 - count) * 8);
    at_ += count;
    if (count < 8) return static_cast<std::size_t>(at_ - start);
  }
  for (; at_ != end_ && is_digit(*at_); ++at_) value = value * 10 + digit(*at_);
  return static_cast<std::size_t>(at_ - start);
}

bool Scanner::read_long_decimal(std::uint64_t& value, std::uint64_t max) {
  const std::size_t digits = read_digits(value);
  return digits > 0 && digits < 20 && value <= max;
}

bool Scanner::read_seconds(std::chrono::nanoseconds& out, char point) {
  const bool negative = peek() == '-';
  if (negative || peek() == '+') ++at_;
  std::uint64_t whole = 0, fraction = 0;
  if (!read_decimal(whole, kMaxSeconds)) return false;
  if (accept(point)) {
    const char* start = at_;
    std::size_t digits = read_digits(fraction);
    if (digits > 9) {
      Scanner nine({start, 9});
      digits = nine.read_digits(fraction);
    }
    fraction *= digits == 9 ? 1 : kPowers[8 - digits] * 10;
  }
  const auto total =
      static_cast<std::int64_t>(whole) * kNanos + static_cast<std::int64_t>(fraction);
  out = std::chrono::nanoseconds(negative ? -total : total);
  return true;
}

bool parse_decimal(std::string_view text, std::uint64_t max, std::uint64_t& value) {
  Scanner scanner(text);
  return scanner.read_decimal(value, max) && scanner.done();
}

bool parse_hex(std::string_view text, std::uint64_t max, std::uint64_t& value) {
  if (text.empty() || text.size() > 16) return false;
  value = 0;
  int flaws = 0;
  for (char c : text) {
    const int digit = hex_digit(c);
    flaws |= digit;
    value = value << 4 | static_cast<std::uint64_t>(digit & 15);
  }
  return flaws >= 0 && value <= max;
}

bool parse_seconds(std::string_view text, std::chrono::nanoseconds& out) {
  constexpr int kMaxExponent = 40;
  const std::size_t end = std::min(text.find_first_of("eE"), text.size());
  std::string number(text.substr(0, end));
  if (end < text.size()) {
    text.remove_prefix(end + 1 + (text.substr(end + 1).starts_with('+') ? 1 : 0));
    int exponent = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() ||
        std::abs(exponent) > kMaxExponent)
      return false;
    move_point(number, exponent);
  }
  Scanner scanner(number);
  return scanner.read_seconds(out) && scanner.done();
}

}  // namespace can
