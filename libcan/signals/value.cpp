// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "libcan/signals/decimal.h"

namespace can::signals {
namespace {

bool is_below_zero(const Value& value) {
  return value.signal->is_signed && static_cast<std::int64_t>(value.raw) < 0;
}

/// raw x factor + offset; only for numbers of one exponent.
inline WideDecimal scaled(const Value& value) {
  const Signal& s = *value.signal;
  const bool minus = is_below_zero(value) != s.factor.negative;
  const Wide product = Wide{is_below_zero(value) ? -value.raw : value.raw} * s.factor.digits;
  // The product is at most (2^64 - 1)^2, so there is room for the offset.
  if (minus == s.offset.negative) return {product + s.offset.digits, s.factor.exponent, minus};
  if (product >= s.offset.digits) return {product - s.offset.digits, s.factor.exponent, minus};
  return {s.offset.digits - product, s.factor.exponent, !minus};
}

bool is_plain(const Signal& s) {
  return s.factor.digits == 1 && s.factor.exponent == 0 && !s.factor.negative &&
         s.offset.digits == 0;
}

double as_number(const Value& value) {
  const Signal& s = *value.signal;
  if (s.float_bits == 64) return std::bit_cast<double>(value.raw);
  if (s.float_bits == 32)
    return double{std::bit_cast<float>(static_cast<std::uint32_t>(value.raw))};
  return is_below_zero(value) ? static_cast<double>(static_cast<std::int64_t>(value.raw))
                              : static_cast<double>(value.raw);
}

/// In doubles: of a float, and where factor and offset are too far apart for 64 bits.
double rounded(const Value& value) {
  const Signal& s = *value.signal;
  if (is_plain(s)) return as_number(value);
  return as_number(value) * to_double(s.factor) + to_double(s.offset);
}

bool is_exact(const Signal& s) {
  return s.float_bits == 0 && s.factor.exponent == s.offset.exponent;
}

char* put_double(char* at, double value) {
  if (std::isnan(value)) return std::copy_n("nan", 3, at);
  return std::to_chars(at, at + kLongestValue, value).ptr;
}

}  // namespace

double physical(const Value& value) {
  return is_exact(*value.signal) ? to_double(scaled(value)) : rounded(value);
}

char* put_value(char* at, const Value& value) {
  const Signal& s = *value.signal;
  return is_exact(s) ? put_decimal(at, scaled(value)) : put_double(at, rounded(value));
}

std::string to_string(const Value& value) {
  char text[kLongestValue];
  return {text, put_value(text, value)};
}

const ValueText* text_of(const Value& value) {
  const Signal& s = *value.signal;
  if (s.values.empty() || s.float_bits != 0) return nullptr;
  // Most tables begin with 0 and leave out nothing.
  if (value.raw < s.values.size() && s.values[value.raw].raw == value.raw)
    return &s.values[value.raw];
  const auto key = [](bool negative, std::uint64_t raw) { return std::pair(!negative, raw); };
  const auto wanted = key(is_below_zero(value), value.raw);
  const auto found = std::ranges::lower_bound(
      s.values, wanted, {}, [&](const ValueText& text) { return key(text.negative, text.raw); });
  if (found == s.values.end() || key(found->negative, found->raw) != wanted) return nullptr;
  return &*found;
}

bool in_range(const Value& value) {
  const double number = physical(value);
  if (!std::isfinite(number)) return false;
  const Signal& s = *value.signal;
  return !s.has_limits() || (number >= to_double(s.minimum) && number <= to_double(s.maximum));
}

}  // namespace can::signals
