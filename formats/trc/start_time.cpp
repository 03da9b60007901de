// SPDX-License-Identifier: MIT
#include "formats/trc/start_time.h"

#include <fmt/core.h>

#include "formats/support/scanner.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"

namespace can::trc {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t kEpochDay = 25'569;  // 1970-01-01, in days since 1899-12-30
constexpr std::int64_t kNanosPerDay = 86'400'000'000'000;
constexpr int kDecimals = 15;
constexpr std::uint64_t kDecimalScale = 1'000'000'000'000'000;
constexpr std::uint64_t kMaxDays = 132'400;

const TimeZone kUtc{.local = false};

__extension__ using Wide = unsigned __int128;

/// The decimals of a number in units of 10^-15.
std::uint64_t decimals_of(std::string_view digits) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kDecimals; ++i)
    value = value * 10 + (i < digits.size() ? static_cast<std::uint64_t>(digits[i] - '0') : 0);
  return value;
}

}  // namespace

bool parse_start_time(std::string_view text, const TimeZone& zone, nanoseconds& out) {
  Scanner scanner(text);
  std::uint64_t days = 0, ignored = 0;
  const bool negative = scanner.accept('-');  // applies to the day, not the time of day
  if (!scanner.read_decimal(days, kMaxDays)) return false;
  std::string_view digits;
  if (scanner.accept('.') || scanner.accept(',')) {
    digits = scanner.rest();
    if (!parse_decimal(digits.substr(0, kDecimals), UINT64_MAX, ignored) || !is_number(digits))
      return false;
  } else if (!scanner.done()) {
    return false;
  }
  const auto fraction = static_cast<std::int64_t>(
      (Wide{decimals_of(digits)} * kNanosPerDay + kDecimalScale / 2) / kDecimalScale);
  const auto day = static_cast<std::int64_t>(days);
  const std::int64_t whole = (negative ? -day : day) - kEpochDay;
  std::int64_t local;
  if (__builtin_mul_overflow(whole, kNanosPerDay, &local) ||
      __builtin_add_overflow(local, fraction, &local))
    return false;
  out = from_civil(to_civil(nanoseconds(local), kUtc), zone);
  return true;
}

std::string start_time_text(nanoseconds since_epoch, const TimeZone& zone) {
  const std::int64_t local = from_civil(to_civil(since_epoch, zone), kUtc).count();
  std::int64_t day = local / kNanosPerDay, rest = local % kNanosPerDay;
  if (rest < 0) {
    rest += kNanosPerDay;
    --day;
  }
  const auto decimals = static_cast<std::uint64_t>(
      (Wide{static_cast<std::uint64_t>(rest)} * kDecimalScale + kNanosPerDay / 2) / kNanosPerDay);
  return fmt::format("{}.{:015}", day + kEpochDay, decimals);
}

}  // namespace can::trc
