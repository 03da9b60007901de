// SPDX-License-Identifier: MIT
#include "apps/report/text.h"

#include "libcan/model/civil_time.h"
#include "libcan/model/first_date.h"

namespace can::cli {

using std::chrono::nanoseconds;

double seconds(nanoseconds time) { return static_cast<double>(time.count()) / 1e9; }

/// Four significant digits.
std::string seconds_text(double value) {
  if (value >= 1) return fmt::format("{:.4g} s", value);
  return value >= 1e-3 ? fmt::format("{:.4g} ms", value * 1e3)
                       : fmt::format("{:.4g} us", value * 1e6);
}

std::string seconds_text(nanoseconds time) { return seconds_text(seconds(time)); }

std::string id_text(std::uint32_t key) {
  constexpr std::uint32_t kExtended = 1u << 31;
  return key & kExtended ? fmt::format("{:08X}", key & ~kExtended) : fmt::format("{:03X}", key);
}

std::string name_of_channel(Channel channel) { return channel ? std::string(channel.name()) : "-"; }

std::string date_text(nanoseconds time) {
  if (time < kFirstDate) return fmt::format("{:.6f} s, no date", seconds(time));
  const CivilTime t = to_civil(time, TimeZone{.local = false});
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02} UTC", t.year, t.month, t.day, t.hour,
                     t.minute, t.second);
}

std::string head(std::span<const std::string_view> names) {
  std::string out = "<div class=\"wide\"><table><thead><tr>";
  for (const std::string_view name : names) out += fmt::format("<th>{}</th>", name);
  return out + "</tr></thead><tbody>\n";
}

std::string head(std::initializer_list<std::string_view> names) {
  return head(std::span(names.begin(), names.size()));
}

}  // namespace can::cli
