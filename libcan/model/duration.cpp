// SPDX-License-Identifier: MIT
#include "libcan/model/duration.h"

#include <charconv>
#include <cmath>

#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace std::chrono_literals;

struct Unit {
  std::string_view name;
  std::chrono::nanoseconds length;
};
constexpr Unit kUnits[] = {{"h", 1h},   {"min", 1min}, {"m", 1min}, {"s", 1s},
                           {"ms", 1ms}, {"us", 1us},   {"ns", 1ns}};
constexpr double kMax = 9e18;  // nanoseconds, 285 years

}  // namespace

std::chrono::nanoseconds parse_duration(std::string_view text, std::chrono::nanoseconds unit) {
  double value = -1;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  const std::string_view name(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
  bool known = name.empty();
  for (const Unit& each : kUnits)
    if (each.name == name) {
      unit = each.length;
      known = true;
    }
  const double length = value * static_cast<double>(unit.count());
  if (parsed.ec != std::errc{} || !known || !(length >= 0 && length < kMax))
    fail(Errc::invalid, "expected a time such as 1.5s, 250ms or 5m, got {}", quote(text));
  return std::chrono::nanoseconds(std::llround(length));
}

std::uint64_t parse_size(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  std::string_view unit(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
  if (unit.ends_with("iB")) unit.remove_suffix(2);
  if (unit == "B") unit = {};
  constexpr std::string_view kUnits = "kMGTKmgt";
  const std::size_t at = unit.size() == 1 ? kUnits.find(unit[0]) : kUnits.npos;
  const bool known = unit.empty() || at != kUnits.npos;
  const std::size_t power = unit.empty() || !known ? 0 : at % 4 + 1;
  const double size = value * static_cast<double>(std::uint64_t{1} << 10 * power);
  if (parsed.ec != std::errc{} || !known || !(size >= 1 && size < kMax))
    fail(Errc::invalid, "expected a size such as 500k, 10M or 2G, got {}", quote(text));
  return static_cast<std::uint64_t>(size);
}

std::string to_text(std::chrono::nanoseconds duration) {
  const double nanos = static_cast<double>(duration.count());
  constexpr auto kDay = 24h, kYear = 8766h;
  if (duration >= 2 * kYear) return fmt::format("{:.0f} years", nanos / (1e9 * kYear / 1s));
  if (duration >= 2 * kDay) return fmt::format("{:.0f} days", nanos / (1e9 * kDay / 1s));
  if (duration >= 10s) return fmt::format("{:.0f} s", nanos / 1e9);
  if (duration >= 1s) return fmt::format("{:.3g} s", nanos / 1e9);
  if (duration >= 1ms) return fmt::format("{:.3g} ms", nanos / 1e6);
  if (duration >= 1us) return fmt::format("{:.3g} us", nanos / 1e3);
  return fmt::format("{:.0f} ns", nanos);
}

}  // namespace can
