// SPDX-License-Identifier: MIT
#include "formats/mf4/time_field.h"

#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

namespace can::mf4 {
namespace {

constexpr std::int64_t kPowers[] = {1,       10,        100,        1'000,       10'000,
                                    100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

/// The first `digits` decimals of a number in fixed notation as an integer, rounded.
std::int64_t without_point(std::string_view text, int digits) {
  std::int64_t value = 0;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != '.'; ++at) value = value * 10 + (text[at] - '0');
  ++at;
  for (int i = 0; i < digits; ++i, ++at)
    value = value * 10 + (at < text.size() ? text[at] - '0' : 0);
  return value + (at < text.size() && text[at] >= '5' ? 1 : 0);
}

}  // namespace

TimeField::TimeField(Field field) : field_(std::move(field)) {
  decimals_ = field_.conversion().decimals();
  place_ = field_.bits();
  if (decimals_ >= 0 && field_.little() && field_.always_valid()) step_ = kPowers[9 - decimals_];
}

bool TimeField::read_general(const char* record, std::uint64_t index, std::int64_t& time) const {
  time = 0;
  if (!present()) return true;
  if (field_.invalid(record)) return false;
  if (decimals_ >= 0 && !field_.is_float())
    return !__builtin_mul_overflow(field_.raw(record, index), kPowers[9 - decimals_], &time);
  const double raw =
      field_.is_float() ? field_.real(record) : static_cast<double>(field_.raw(record, index));
  const auto found = decimals_ >= 0 ? nanoseconds_of(raw, decimals_)
                                    : nanoseconds_of(field_.conversion().apply(raw), 0);
  time = found.value_or(0);
  return found.has_value();
}

std::optional<std::int64_t> nanoseconds_of(double value, int decimals) {
  constexpr double kExact = 1e15, kLimit = 9.2e18;  // 15 digits of a decimal number are unique
  const int missing = 9 - decimals;
  const double scaled = value * static_cast<double>(kPowers[missing]);
  if (!(std::abs(scaled) < kLimit)) return std::nullopt;  // NaN, too
  if (std::abs(scaled) < kExact) return std::llround(scaled);
  char text[64];
  const auto end =
      std::to_chars(text, text + sizeof text, std::abs(value), std::chars_format::fixed);
  const std::int64_t result =
      without_point({text, static_cast<std::size_t>(end.ptr - text)}, missing);
  return value < 0 ? -result : result;
}

}  // namespace can::mf4
