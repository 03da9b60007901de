// SPDX-License-Identifier: MIT
#include "libcan/signals/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

#include "libcan/model/ascii.h"

namespace can::signals {
namespace {

constexpr std::int32_t kMaxExponent = 100'000;  // of a number in a file; beyond: as if this
constexpr int kMaxZeros = 24;                   // that are written out instead of an exponent

constexpr auto kPowers = [] {
  std::array<std::uint64_t, 20> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

// Powers of ten up to 10^22 are exact doubles.
constexpr auto kExactDoubles = [] {
  std::array<double, 23> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

/// Reads the digits of one number, as many as 128 bits hold; counts the others.
class DigitReader {
 public:
  explicit DigitReader(WideDecimal& out) : out_(out) {}

  void add(char digit, bool fraction) {
    any_ = true;
    full_ = full_ || !fits(digit);
    if (!full_) {
      out_.digits = out_.digits * 10 + static_cast<unsigned>(digit - '0');
      exponent_ -= fraction;
    } else {
      exponent_ += !fraction;
    }
  }
  bool any() const { return any_; }
  std::int64_t exponent() const { return exponent_; }

 private:
  bool fits(char digit) const {
    constexpr Wide kMost = ~Wide{0};
    return out_.digits <= (kMost - static_cast<unsigned>(digit - '0')) / 10;
  }

  WideDecimal& out_;
  bool any_ = false, full_ = false;
  std::int64_t exponent_ = 0;
};

/// Reads "e+12" at the end of a number. A huge one becomes kMaxExponent.
std::optional<std::int64_t> read_exponent(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return {};
  std::int64_t value = 0;
  for (const char c : text) value = std::min<std::int64_t>(value * 10 + (c - '0'), kMaxExponent);
  return minus ? -value : value;
}

void strip_zeros(WideDecimal& number) {
  if (number.digits == 0) number.exponent = 0;
  while (number.digits != 0 && number.digits % 10 == 0) {
    number.digits /= 10;
    ++number.exponent;
  }
}

char* put_digits(char* at, Wide digits) {
  char text[40];
  char* first = text + sizeof text;
  for (; digits > std::numeric_limits<std::uint64_t>::max(); digits /= 10)
    *--first = static_cast<char>('0' + static_cast<int>(digits % 10));
  at = std::to_chars(at, at + 20, static_cast<std::uint64_t>(digits)).ptr;
  const auto rest = static_cast<std::size_t>(text + sizeof text - first);
  std::memcpy(at, first, rest);
  return at + rest;
}

/// Writes `digits` with the point before the last `places` of them, without zeros at the end.
char* put_fraction(char* at, const char* digits, int count, int places) {
  while (places > 0 && digits[count - 1] == '0') --count, --places;
  const int whole = std::max(count - places, 0);
  at = std::copy(digits, digits + whole, at);
  if (whole == 0) *at++ = '0';
  if (places == 0) return at;
  *at++ = '.';
  at = std::fill_n(at, std::max(places - count, 0), '0');
  return std::copy(digits + whole, digits + count, at);
}

/// Scales by a power of ten that needs rounding. strtod rounds right.
double rounded(const WideDecimal& number) {
  char text[kLongestDecimal + 16];
  char* end = put_digits(text, number.digits);
  *end++ = 'e';
  end = std::to_chars(end, text + sizeof text, number.exponent).ptr;
  double value = 0;
  if (std::from_chars(text, end, value).ec == std::errc::result_out_of_range)
    value = number.exponent > 0 ? std::numeric_limits<double>::infinity() : 0;
  return value;
}

}  // namespace

std::optional<WideDecimal> parse_wide_decimal(std::string_view text) {
  WideDecimal number;
  number.negative = text.starts_with('-');
  if (number.negative || text.starts_with('+')) text.remove_prefix(1);
  DigitReader digits(number);
  bool fraction = false;
  std::size_t at = 0;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !fraction)); ++at)
    if (text[at] == '.')
      fraction = true;
    else
      digits.add(text[at], fraction);
  if (!digits.any()) return {};
  std::int64_t exponent = digits.exponent();
  if (at < text.size()) {
    const auto power = text[at] == 'e' || text[at] == 'E' ? read_exponent(text.substr(at + 1))
                                                          : std::optional<std::int64_t>{};
    if (!power) return {};
    exponent += *power;
  }
  exponent = std::clamp<std::int64_t>(exponent, -kMaxExponent, kMaxExponent);
  number.exponent = static_cast<std::int32_t>(exponent);
  strip_zeros(number);
  return number;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  auto number = parse_wide_decimal(text);
  if (!number) return {};
  for (; number->digits > std::numeric_limits<std::uint64_t>::max(); number->digits /= 10)
    ++number->exponent;
  strip_zeros(*number);
  return Decimal{static_cast<std::uint64_t>(number->digits), number->exponent, number->negative};
}

char* put_long(char* at, const WideDecimal& number) {
  if (number.digits == 0) return *at = '0', at + 1;
  if (number.negative) *at++ = '-';
  if (number.exponent == 0) return put_digits(at, number.digits);
  if (number.exponent > 0 && number.exponent <= kMaxZeros)
    return std::fill_n(put_digits(at, number.digits), number.exponent, '0');
  char digits[40];
  const int count = static_cast<int>(put_digits(digits, number.digits) - digits);
  if (number.exponent < 0 && -number.exponent <= count + kMaxZeros)
    return put_fraction(at, digits, count, -number.exponent);
  at = std::copy(digits, digits + count, at);
  *at++ = 'e';
  return std::to_chars(at, at + 12, number.exponent).ptr;
}

double to_double(const WideDecimal& number) {
  constexpr std::int32_t kExact = static_cast<std::int32_t>(kExactDoubles.size()) - 1;
  double value = 0;
  if (number.digits == 0 || number.exponent == 0)
    value = static_cast<double>(number.digits);
  else if (number.exponent < 0 && number.exponent >= -kExact)
    value = static_cast<double>(number.digits) /
            kExactDoubles[static_cast<std::size_t>(-number.exponent)];
  else
    value = rounded(number);
  return number.negative ? -value : value;
}

double to_double(const Decimal& number) {
  return to_double(WideDecimal{number.digits, number.exponent, number.negative});
}

std::string to_string(const Decimal& number) {
  char text[kLongestDecimal];
  const WideDecimal wide{number.digits, number.exponent, number.negative};
  return {text, put_decimal(text, wide)};
}

bool align(Decimal& a, Decimal& b) {
  if (a.digits == 0) a.exponent = b.exponent;
  if (b.digits == 0) b.exponent = a.exponent;
  Decimal& larger = a.exponent > b.exponent ? a : b;
  const std::int32_t least = std::min(a.exponent, b.exponent);
  const std::int64_t steps = std::int64_t{larger.exponent} - least;
  if (steps >= static_cast<std::int64_t>(kPowers.size())) return false;
  const std::uint64_t power = kPowers[static_cast<std::size_t>(steps)];
  if (larger.digits > std::numeric_limits<std::uint64_t>::max() / power) return false;
  larger.digits *= power;
  larger.exponent = least;
  return true;
}

}  // namespace can::signals
