// SPDX-License-Identifier: MIT
#include "apps/report/signals.h"

#include "apps/report/svg.h"
#include "libcan/model/quantity.h"

namespace can::cli {
namespace {

using signals::MessageCheck, signals::SignalStatistics;

/// A message that comes at less than half or more than twice the time that its cycle is.
bool is_off_cycle(const MessageCheck::Known& known) {
  if (!known.message->cycle || known.seen.count < 3) return false;
  const double cycle = to_double(*known.message->cycle) / 1e3,
               average = seconds(known.seen.average());
  return cycle > 0 && (average > 2 * cycle || average < cycle / 2);
}

std::string check_row(const MessageCheck::Key& key, const MessageCheck::Known& known) {
  const auto& [message, seen] = known;
  return row(html(name_of_channel(key.channel)), html(message->name), grouped(seen.count),
             message->cycle ? seconds_text(to_double(*message->cycle) / 1e3) : "",
             seen.count > 1 ? seconds_text(seen.average()) : "", grouped(seen.out_of_range),
             grouped(seen.too_short));
}

void write_check(const MessageCheck& check, const Write& write) {
  std::string rows;
  for (const auto& [key, known] : check.known())
    if (known.seen.out_of_range + known.seen.too_short > 0 || is_off_cycle(known))
      rows += check_row(key, known);
  if (rows.empty()) return write("<p>All messages that the DBC files know are as defined.</p>\n");
  write("<h3>Messages that are not as defined</h3>\n" +
        head({"Channel", "Message", "Messages", "Cycle", "Mean period", "Values out of range",
              "Frames too short"}) +
        rows + kTableEnd);
}

std::string figure(const SignalStatistics::Key& key, const SignalStatistics::Series& series) {
  constexpr int kWidth = 256, kHeight = 64;
  const Trend& trend = series.trend;
  const std::string name = series.message->name + "." + series.signal->name;
  return fmt::format(
      "<figure><div class=\"chart\">{}</div><figcaption><b>{}</b> {}<br/>{:.9g} to {:.9g}{}{}, {} "
      "values{}</figcaption></figure>\n",
      trend_chart(trend, kWidth, kHeight, trend.least(), trend.most(), name + " over time"),
      html(name), html(name_of_channel(key.channel)), trend.least(), trend.most(),
      series.signal->unit.empty() ? "" : " ", html(series.signal->unit), grouped(trend.count()),
      series.out_of_range > 0 ? fmt::format(", {} out of range", grouped(series.out_of_range))
                              : "");
}

}  // namespace

void write_signals(const ReportedSignals& signals, const Write& write) {
  write_check(signals.check, write);
  if (signals.chosen.series().empty()) return;
  write("<h3>Signals</h3>\n<div>\n");
  for (const auto& [key, series] : signals.chosen.series()) write(figure(key, series));
  write("</div>\n");
  if (signals.chosen.others() > 0)
    write(fmt::format("<p>and {} values of more signals</p>\n", grouped(signals.chosen.others())));
}

}  // namespace can::cli
