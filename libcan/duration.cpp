// SPDX-License-Identifier: MIT
#include "libcan/duration.h"

#include <charconv>
#include <cmath>

#include "libcan/error.h"

namespace can {
namespace {

using namespace std::chrono_literals;

struct Unit {
  std::string_view name;
  std::chrono::nanoseconds length;
};
constexpr Unit kUnits[] = {{"h", 1h},    {"min", 1min}, {"m", 1min}, {"s", 1s},
                           {"ms", 1ms}, {"us", 1us},   {"ns", 1ns}};
constexpr double kMost = 9e18;  // nanoseconds, 285 years

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
  if (parsed.ec != std::errc{} || !known || !(length >= 0 && length < kMost))
    fail(Errc::invalid, "expected a time such as 1.5s, 250ms or 5m, got {}", quote(text));
  return std::chrono::nanoseconds(std::llround(length));
}

std::string to_text(std::chrono::nanoseconds duration) {
  const double nanos = static_cast<double>(duration.count());
  if (duration >= 10s) return fmt::format("{:.0f} s", nanos / 1e9);
  if (duration >= 1s) return fmt::format("{:.3g} s", nanos / 1e9);
  if (duration >= 1ms) return fmt::format("{:.3g} ms", nanos / 1e6);
  return fmt::format("{:.3g} us", nanos / 1e3);
}

}  // namespace can
