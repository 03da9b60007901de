// SPDX-License-Identifier: MIT
#include "apps/info.h"

#include <fmt/format.h>

#include <cstdio>

#include "apps/console.h"
#include "apps/json_text.h"
#include "apps/signal_info.h"
#include "formats/registry/registry.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/duration.h"
#include "libcan/model/first_date.h"
#include "libcan/model/frame_bits.h"
#include "libcan/platform/standard_output.h"

namespace can::cli {
namespace {

using std::chrono::nanoseconds;

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), standard_output_stream());
}

double seconds(nanoseconds time) { return static_cast<double>(time.count()) / 1e9; }

/// The ratio of `part` to `whole`; 0 if `whole` is 0.
double share(nanoseconds part, nanoseconds whole) {
  return whole.count() > 0 ? seconds(part) / seconds(whole) : 0;
}

double rate(std::uint64_t count, nanoseconds time) {
  return time.count() > 0 ? static_cast<double>(count) / seconds(time) : 0;
}

/// The bus load in the busiest second; of a log shorter than a second, the average.
double peak_load(const Summary::Bus& bus) {
  return share(bus.busiest, std::min<nanoseconds>(bus.duration(), std::chrono::seconds(1)));
}

std::string id_text(std::uint32_t id) {
  return id & kExtendedIdFlag ? fmt::format("{:08X}", id & ~kExtendedIdFlag)
                              : fmt::format("{:03X}", id);
}

std::string exact_seconds(nanoseconds time) {
  const std::int64_t count = time.count();
  const std::uint64_t size =
      count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  return fmt::format("{}{}.{:09}", count < 0 ? "-" : "", size / 1'000'000'000,
                     size % 1'000'000'000);
}

/// A plausible time as date, any other as time since the start of the recording.
std::string start_text(nanoseconds start) {
  if (start < kFirstDate) return exact_seconds(start) + " s, no date";
  const CivilTime t = to_civil(start, TimeZone{});
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}, local time", t.year, t.month, t.day,
                     t.hour, t.minute, t.second, t.nanosecond / 1000);
}

void print_bus(const Summary::Bus& bus) {
  print(
      fmt::format("{:<10} {:>12} {:>6} {:>12} {:>10} {:>8} {:>8} {:>9.1f} {:>7.1f} {:>7.1f}  {}\n",
                  bus.channel ? bus.channel.name() : "-", grouped(bus.frames()), bus.ids.size(),
                  grouped(bus.data), grouped(bus.fd), grouped(bus.remote), grouped(bus.error),
                  rate(bus.frames(), bus.duration()), 100 * share(bus.busy, bus.duration()),
                  100 * peak_load(bus), to_text(bus.longest_gap)));
}

void print_ids(const Summary::Bus& bus) {
  for (const auto& [id, ids] : bus.ids) {
    const bool periodic = ids.count > 1;
    print(fmt::format(
        "{:<10} {:>8} {:>12} {:>11} {:>11} {:>11}\n", bus.channel ? bus.channel.name() : "-",
        id_text(id), grouped(ids.count), periodic ? to_text(ids.shortest) : "",
        periodic ? to_text((ids.last - ids.first) / static_cast<std::int64_t>(ids.count - 1)) : "",
        periodic ? to_text(ids.longest) : ""));
  }
}

void print_events(const LogInfo& info) {
  if (info.events.empty()) return;
  print(fmt::format("\n{:>14}  EVENT\n", "TIME"));
  for (const std::string& event : info.events) print(escaped(event) + "\n");
  if (info.event_count > info.events.size())
    print(fmt::format("{:>14}  and {} more, see --events\n", "",
                      grouped(info.event_count - info.events.size())));
}

void print_all_ids(const Summary& summary) {
  print(fmt::format("\n{:<10} {:>8} {:>12} {:>11} {:>11} {:>11}\n", "CHANNEL", "ID", "COUNT",
                    "SHORTEST", "AVERAGE", "LONGEST"));
  for (const Summary::Bus& bus : summary.buses()) print_ids(bus);
}

std::string bus_json(const Summary::Bus& bus) {
  std::vector<std::string> ids;
  for (const auto& [id, seen] : bus.ids)
    ids.push_back(JsonText()
                      .add("id", std::uint64_t{id & ~kExtendedIdFlag})
                      .add("extended", (id & kExtendedIdFlag) != 0)
                      .add("count", seen.count)
                      .add_raw("first", exact_seconds(seen.first))
                      .add_raw("last", exact_seconds(seen.last))
                      .object());
  return JsonText()
      .add("channel", bus.channel.name())
      .add("frames", bus.frames())
      .add("data", bus.data)
      .add("fd", bus.fd)
      .add("remote", bus.remote)
      .add("error", bus.error)
      .add_raw("rate", fmt::format("{:.3f}", rate(bus.frames(), bus.duration())))
      .add_raw("load", fmt::format("{:.6f}", share(bus.busy, bus.duration())))
      .add_raw("peak_load", fmt::format("{:.6f}", peak_load(bus)))
      .add_raw("longest_gap", exact_seconds(bus.longest_gap))
      .add_raw("longest_gap_at", exact_seconds(bus.gap_at))
      .add_raw("ids", json_array(ids))
      .object();
}

}  // namespace

void LogInfo::add(const LogEvent& event) {
  if (++event_count <= kShown)
    events.push_back(fmt::format("{:>14.6f}  {}", seconds(event.since_start), event.text));
}

void print_info(const LogInfo& info, const Summary& summary, bool with_ids) {
  print(fmt::format("{:<10} {}\n{:<10} {}\n", "File", escaped(info.file), "Format", info.format));
  if (!info.writer.empty()) print(fmt::format("{:<10} {}\n", "Writer", escaped(info.writer)));
  print(fmt::format("{:<10} {}\n", "Messages", grouped(summary.messages())));
  if (summary.messages() == 0) return print_events(info);
  print(fmt::format("{:<10} {}\n{:<10} {}\n", "Start", start_text(summary.first()), "Duration",
                    to_text(summary.last() - summary.first())));
  if (summary.backwards() > 0)
    print(fmt::format("{:<10} {}, earlier than the one before\n", "Backwards",
                      counted(summary.backwards(), "message")));
  print(fmt::format("\n{:<10} {:>12} {:>6} {:>12} {:>10} {:>8} {:>8} {:>9} {:>7} {:>7}  {}\n",
                    "CHANNEL", "FRAMES", "IDS", "CLASSIC", "FD", "REMOTE", "ERROR", "PER S",
                    "LOAD %", "PEAK %", "LONGEST GAP"));
  for (const Summary::Bus& bus : summary.buses()) print_bus(bus);
  print_events(info);
  if (with_ids) print_all_ids(summary);
  if (info.check) print_check(*info.check);
}

std::string info_json(const LogInfo& info, const Summary& summary) {
  std::vector<std::string> buses;
  for (const Summary::Bus& bus : summary.buses()) buses.push_back(bus_json(bus));
  JsonText json;
  json.add("file", info.file)
      .add("format", info.format)
      .add("writer", info.writer)
      .add("messages", summary.messages())
      .add("events", info.event_count)
      .add("backwards", summary.backwards())
      .add_raw("start", exact_seconds(summary.first()))
      .add_raw("end", exact_seconds(summary.last()))
      .add_raw("channels", json_array(buses));
  if (info.check) json.add_raw("signals", check_json(*info.check));
  return json.object();
}

}  // namespace can::cli
