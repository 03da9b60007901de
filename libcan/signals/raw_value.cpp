// SPDX-License-Identifier: MIT
// The raw value of a physical one: (value - offset) / factor, rounded to the nearest step.

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "libcan/model/fail.h"
#include "libcan/signals/decimal.h"

namespace can::signals {
namespace {

__extension__ using Signed = __int128;

/// x 10^power; none where 128 bits are too few.
std::optional<Signed> scaled(Wide digits, bool negative, std::int64_t power) {
  constexpr Wide kMost = ~Wide{0} >> 1;
  if (digits == 0) return 0;
  for (; power > 0; --power) {
    if (digits > kMost / 10) return {};
    digits *= 10;
  }
  if (digits > kMost) return {};
  return negative ? -static_cast<Signed>(digits) : static_cast<Signed>(digits);
}

/// The quotient, rounded to the nearest, half away from zero.
Signed divide(Signed a, Signed b) {
  const Signed quotient = a / b, rest = a % b;
  const Signed twice = (rest < 0 ? -rest : rest) * 2, size = b < 0 ? -b : b;
  if (twice < size) return quotient;
  return (a < 0) == (b < 0) ? quotient + 1 : quotient - 1;
}

/// By integers; none where 128 bits are too few.
std::optional<Signed> exact(const Signal& s, const WideDecimal& value) {
  const std::int64_t least = std::min(value.exponent, s.factor.exponent);
  const auto number = scaled(value.digits, value.negative, value.exponent - least);
  const auto offset = scaled(s.offset.digits, s.offset.negative, s.offset.exponent - least);
  const auto factor = scaled(s.factor.digits, s.factor.negative, s.factor.exponent - least);
  Signed difference = 0;
  if (!number || !offset || !factor || s.factor.exponent != s.offset.exponent ||
      __builtin_sub_overflow(*number, *offset, &difference) ||
      (*factor < 0 ? -*factor : *factor) > Signed{1} << 125)
    return {};
  return divide(difference, *factor);
}

Signed nearest(const Signal& s, const WideDecimal& value) {
  if (const auto raw = exact(s, value)) return *raw;
  const double raw = (to_double(value) - to_double(s.offset)) / to_double(s.factor);
  constexpr double kFarOut = 1e30;  // beyond what any signal can have
  return static_cast<Signed>(std::round(std::clamp(raw, -kFarOut, kFarOut)));
}

/// The least and the most raw value.
std::pair<Signed, Signed> raw_limits(const Signal& s) {
  const Signed one = 1;
  if (!s.is_signed) return {0, (one << s.length) - 1};
  return {-(one << (s.length - 1)), (one << (s.length - 1)) - 1};
}

[[noreturn]] void fail_range(const Signal& s, const std::string& first, const std::string& last,
                             std::string_view got) {
  fail(Errc::invalid, "signal {}: expected a value from {} to {}, got {}", quote(s.name), first,
       last, quote(got));
}

void check_limits(const Signal& s, double value, std::string_view text) {
  if (s.has_limits() && !(value >= to_double(s.minimum) && value <= to_double(s.maximum)))
    fail_range(s, to_string(s.minimum), to_string(s.maximum), text);
}

std::uint64_t float_bits(const Signal& s, std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size())
    fail(Errc::invalid, "signal {}: expected a number, got {}", quote(s.name), quote(text));
  check_limits(s, value, text);
  value = (value - to_double(s.offset)) / to_double(s.factor);
  return s.float_bits == 64 ? std::bit_cast<std::uint64_t>(value)
                            : std::bit_cast<std::uint32_t>(static_cast<float>(value));
}

const ValueText* find_text(const Signal& s, std::string_view text) {
  const auto found = std::ranges::find(s.values, text, &ValueText::text);
  return found == s.values.end() ? nullptr : &*found;
}

/// The raw value of a text of the value table.
std::uint64_t raw_of_text(const Signal& s, std::string_view text,
                          std::pair<Signed, Signed> limits) {
  std::vector<std::string_view> known;
  known.reserve(s.values.size());
  for (const ValueText& value : s.values) known.push_back(value.text);
  const ValueText* const found = find_text(s, text);
  if (!found)
    fail(Errc::invalid, "signal {}: expected a number{}, got {}{}", quote(s.name),
         known.empty() ? "" : " or a text of its table", quote(text), did_you_mean(text, known));
  const Signed raw =
      found->negative ? Signed{static_cast<std::int64_t>(found->raw)} : Signed{found->raw};
  if (raw < limits.first || raw > limits.second)
    fail(Errc::invalid, "signal {}: has no bits for {}", quote(s.name), quote(text));
  return found->raw;
}

}  // namespace

std::uint64_t raw_of(const Signal& s, std::string_view text) {
  if (!s.usable || s.factor.digits == 0)
    fail(Errc::invalid, "signal {}: can't be encoded", quote(s.name));
  if (s.float_bits != 0) return float_bits(s, text);
  const auto value = parse_wide_decimal(text);
  if (!value) return raw_of_text(s, text, raw_limits(s));
  const auto [least, most] = raw_limits(s);
  check_limits(s, to_double(*value), text);
  const Signed raw = nearest(s, *value);
  const auto physical_text = [&](Signed limit) {
    return to_string(Value{&s, static_cast<std::uint64_t>(limit), 0});
  };
  if (raw < least || raw > most) {
    const bool falls = s.factor.negative;
    fail_range(s, physical_text(falls ? most : least), physical_text(falls ? least : most), text);
  }
  return static_cast<std::uint64_t>(raw);
}

}  // namespace can::signals
