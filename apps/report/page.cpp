// SPDX-License-Identifier: MIT
#include "apps/report/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "apps/report/signals.h"
#include "apps/report/svg.h"
#include "apps/report/text.h"
#include "cansuite/version.h"
#include "libcan/model/quantity.h"

namespace can::cli {
namespace {

using std::chrono::nanoseconds;

constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>CAN report</title><style>
:root{--ink:#1b1f24;--paper:#fff;--line:#d5d9de;--soft:#f2f4f6;--load:#2f6f9f;--bad:#c62828;--bit:#b34700}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--paper:#16191d;--line:#3a4048;--soft:#22272d;--load:#6fb1e0;--bad:#ff6b60;--bit:#ffab66}}
body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:2rem auto;max-width:1100px;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}h3{font-size:1rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.2rem .6rem;text-align:right;border-bottom:1px solid var(--line)}
th{background:var(--soft);position:sticky;top:0}th:first-child,td:first-child,.t{text-align:left}code,.id{font-family:ui-monospace,monospace}
svg{display:block;max-width:100%;height:auto}.chart{background:var(--soft);margin:.3rem 0}.wide{overflow-x:auto}
figure{display:inline-block;margin:.5rem 1rem .5rem 0;width:256px;vertical-align:top}figcaption{font-size:.85rem;overflow-wrap:anywhere}
.load{fill:var(--load)}.bad{fill:var(--bad)}.bit{fill:var(--bit)}.ground{fill:var(--soft)}.warn{color:var(--bad)}
</style></head><body>
)";

constexpr int kTrendWidth = 128, kTrendHeight = 24;

constexpr std::string_view kIds[] = {"Channel",   "Id",       "Messages",        "Mean period",
                                     "Deviation", "Shortest", "Longest",         "Periods",
                                     "Over time", "Bytes",    "Bits that change"};
constexpr std::string_view kNamedIds[] = {
    "Channel",  "Id",      "Name",    "Messages",  "Mean period", "Deviation",
    "Shortest", "Longest", "Periods", "Over time", "Bytes",       "Bits that change"};
/// Since the start of the log.
std::string since(const LogStatistics& log, nanoseconds time) {
  return fmt::format("{:.3f} s", seconds(time - log.first()));
}

void write_facts(const ReportedLog& log, const Write& write) {
  const LogStatistics& of = log.statistics;
  write(head({"Log", ""}) + row("Format", html(log.format)));
  if (!log.writer.empty()) write(row("Writer", html(log.writer)));
  write(row("Messages", grouped(of.messages())));
  if (of.messages() > 0)
    write(row("Start", date_text(of.first())) +
          row("Duration", seconds_text(of.last() - of.first())));
  if (of.backwards() > 0) write(row("Earlier than the one before", grouped(of.backwards())));
  if (of.others() > 0) write(row("Of ids that are not listed", grouped(of.others())));
  write(kTableEnd);
  for (const std::string& warning : log.warnings)
    write(fmt::format("<p class=\"warn\">{}</p>\n", html(warning)));
}

double busiest(const Timeline& timeline) {
  nanoseconds most{};
  for (const Timeline::Interval& interval : timeline.intervals())
    most = std::max(most, interval.busy);
  return std::min(
      1.0, static_cast<double>(most.count()) / static_cast<double>(timeline.width().count()));
}

void write_channel(const LogStatistics& log, const LogStatistics::Bus& bus, const Write& write) {
  const auto intervals = bus.timeline.intervals();
  const auto span = bus.timeline.width() * static_cast<std::int64_t>(intervals.size());
  write(fmt::format(
      "<h3>Channel {}</h3>\n<p>{} frames of {} ids, {} error frames; at most {:.1f} % load in {}; "
      "longest silence {} at {}</p>\n",
      html(name_of_channel(bus.channel)), grouped(bus.frames), grouped(bus.ids.size()),
      grouped(bus.errors), 100 * busiest(bus.timeline), seconds_text(bus.timeline.width()),
      seconds_text(bus.longest_gap), since(log, bus.gap_at)));
  write(fmt::format(
      "<div class=\"chart\">{}</div><p>Load, 0 to 100 %, over {}; red: error frames.</p>\n",
      load_chart(bus.timeline), seconds_text(span)));
}

void write_bursts(const LogStatistics& log, const Write& write) {
  if (log.bursts().empty()) return;
  write("<h3>Error frames</h3>\n" + head({"Channel", "From", "For", "Error frames", "First"}));
  for (const LogStatistics::Burst& burst : log.bursts())
    write(row(html(name_of_channel(burst.channel)), since(log, burst.first),
              seconds_text(burst.last - burst.first), grouped(burst.count), html(burst.words)));
  write(kTableEnd);
  if (log.more_bursts() > 0) write(fmt::format("<p>and {} more</p>\n", grouped(log.more_bursts())));
}

void write_events(const ReportedLog& log, const Write& write) {
  if (log.events.empty()) return;
  write("<h3>Events</h3>\n<ul>\n");
  for (const std::string& event : log.events) write(fmt::format("<li>{}</li>\n", html(event)));
  write("</ul>\n");
  if (log.event_count > log.events.size())
    write(fmt::format("<p>and {} more</p>\n", grouped(log.event_count - log.events.size())));
}

std::string period_cells(const LogStatistics::Id& id) {
  if (id.count < 2) return "<td></td><td></td><td></td><td></td><td></td><td></td>";
  return fmt::format(
      "<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>", seconds_text(id.mean),
      seconds_text(id.deviation()), seconds_text(id.shortest), seconds_text(id.longest),
      period_chart(id.periods),
      trend_chart(id.trend, kTrendWidth, kTrendHeight, 0, id.trend.most(), "periods over time"));
}

/// The name of the message, where names are known.
std::string name_cell(const NameOf& name_of, const Message& message) {
  return name_of ? fmt::format("<td class=\"t\">{}</td>", html(name_of(message))) : std::string();
}

std::string id_row(const LogStatistics::Bus& bus, std::uint32_t key, const LogStatistics::Id& id,
                   const NameOf& name_of) {
  return fmt::format(
      "<tr><td>{}</td><td class=\"id\">{}</td>{}<td>{}</td>{}<td>{}</td><td>{}</td></tr>\n",
      html(name_of_channel(bus.channel)), id_text(key), name_cell(name_of, id.latest),
      grouped(id.count), period_cells(id), id.longest_data, bit_map(id));
}

void write_ids(const LogStatistics& log, const NameOf& name_of, const Write& write) {
  std::size_t unknown = 0;
  write("<h3>Ids</h3>\n" + (name_of ? head(kNamedIds) : head(kIds)));
  for (const LogStatistics::Bus& bus : log.buses())
    for (const auto& [key, id] : bus.ids) {
      unknown += name_of && name_of(id.latest).empty();
      write(id_row(bus, key, id, name_of));
    }
  write(kTableEnd);
  if (unknown > 0)
    write(fmt::format("<p>The DBC files don't know {} of these ids.</p>\n", grouped(unknown)));
}

/// What differs between two logs of an id; "" for nothing that matters.
std::string difference(const LogStatistics::Id* before, const LogStatistics::Id* now) {
  constexpr double kMatters = 1.2;
  if (!before) return "new";
  if (!now) return "gone";
  if (before->count < 3 || now->count < 3) return {};
  const double ratio = now->mean / before->mean;
  if (ratio > kMatters) return fmt::format("slower, {:.2f} times the period", ratio);
  if (ratio * kMatters < 1) return fmt::format("faster, {:.2f} times the period", ratio);
  return {};
}

const LogStatistics::Bus* bus_of(const LogStatistics& log, Channel channel) {
  for (const LogStatistics::Bus& bus : log.buses())
    if (same_channel(bus.channel, channel)) return &bus;
  return nullptr;
}

const LogStatistics::Id* id_of(const LogStatistics::Bus* bus, std::uint32_t key) {
  if (!bus) return nullptr;
  const auto found = bus->ids.find(key);
  return found == bus->ids.end() ? nullptr : &found->second;
}

std::string difference_row(Channel channel, std::uint32_t key, const LogStatistics::Id* before,
                           const LogStatistics::Id* now) {
  const std::string what = difference(before, now);
  if (what.empty()) return {};
  const auto mean = [](const LogStatistics::Id* id) {
    return id && id->count > 1 ? seconds_text(id->mean) : std::string();
  };
  return row(html(name_of_channel(channel)), id_text(key), what,
             before ? grouped(before->count) : "", now ? grouped(now->count) : "", mean(before),
             mean(now));
}

void write_comparison(const ReportedLog& first, const ReportedLog& other, const Write& write) {
  write(fmt::format("<h2>{} compared with {}</h2>\n", html(other.name), html(first.name)));
  std::string rows;
  for (const LogStatistics::Bus& bus : first.statistics.buses()) {
    const LogStatistics::Bus* now = bus_of(other.statistics, bus.channel);
    for (const auto& [key, id] : bus.ids)
      rows += difference_row(bus.channel, key, &id, id_of(now, key));
  }
  for (const LogStatistics::Bus& bus : other.statistics.buses()) {
    const LogStatistics::Bus* before = bus_of(first.statistics, bus.channel);
    for (const auto& [key, id] : bus.ids)
      if (!id_of(before, key)) rows += difference_row(bus.channel, key, nullptr, &id);
  }
  if (rows.empty())
    write("<p>The same ids, at periods that differ by less than a fifth.</p>\n");
  else
    write(head({"Channel", "Id", "Difference", "Messages before", "now", "Mean period before",
                "now"}) +
          rows + kTableEnd);
}

void write_log(const ReportedLog& log, const NameOf& name_of, const Write& write) {
  write(fmt::format("<h2>{}</h2>\n", html(log.name)));
  write_facts(log, write);
  for (const LogStatistics::Bus& bus : log.statistics.buses())
    write_channel(log.statistics, bus, write);
  write_bursts(log.statistics, write);
  write_events(log, write);
  if (log.signals) write_signals(*log.signals, write);
  if (log.statistics.messages() > 0) write_ids(log.statistics, name_of, write);
}

}  // namespace

void write_page(const std::vector<ReportedLog>& logs, const NameOf& name_of, const Write& write) {
  write(kHead);
  write(fmt::format("<h1>CAN report</h1>\n<p>by canreport {}</p>\n", CANSUITE_VERSION));
  for (std::size_t i = 1; i < logs.size(); ++i) write_comparison(logs.front(), logs[i], write);
  for (const ReportedLog& log : logs) write_log(log, name_of, write);
  write("</body></html>\n");
}

}  // namespace can::cli
