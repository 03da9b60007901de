// SPDX-License-Identifier: MIT
#include "apps/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "libcan/model/ascii.h"

namespace can::cli {
namespace {

std::string opened(int width, int height, std::string_view label) {
  return fmt::format(
      "<svg viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" aria-label=\"{2}\">",
      width, height, html(label));
}

std::string bar(std::string_view kind, double x, double y, double width, double height) {
  return fmt::format(
      "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>", kind, x,
      y, width, height);
}

double share(const Timeline::Interval& interval, std::chrono::nanoseconds width) {
  return std::min(1.0,
                  static_cast<double>(interval.busy.count()) / static_cast<double>(width.count()));
}

}  // namespace

std::string html(std::string_view text) {
  std::string out;
  for (const char c : escaped(text)) {
    if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'')
      out += fmt::format("&#{};", static_cast<int>(c));
    else
      out += c;
  }
  return out;
}

std::string load_chart(const Timeline& timeline) {
  constexpr int kWidth = 1024, kHeight = 100;
  const auto intervals = timeline.intervals();
  const double step = kWidth / static_cast<double>(std::max<std::size_t>(intervals.size(), 1));
  std::string out = opened(kWidth, kHeight, "load over time");
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const double height = share(intervals[i], timeline.width()) * kHeight,
                 x = static_cast<double>(i) * step;
    if (height > 0) out += bar("load", x, kHeight - height, step, height);
    if (intervals[i].errors > 0) out += bar("bad", x, 0, std::max(step, 1.0), kHeight);
  }
  return out + "</svg>";
}

std::string period_chart(const PeriodHistogram& periods) {
  constexpr int kHeight = 24, kBar = 4;
  std::size_t first = PeriodHistogram::kClasses, end = 0;
  std::uint64_t most = 1;
  for (std::size_t i = 0; i < PeriodHistogram::kClasses; ++i) {
    if (periods.count(i) == 0) continue;
    first = std::min(first, i);
    end = i + 1;
    most = std::max(most, periods.count(i));
  }
  if (end == 0) return "";
  std::string out = opened(static_cast<int>(end - first) * kBar, kHeight, "periods");
  for (std::size_t i = first; i < end; ++i) {
    if (periods.count(i) == 0) continue;
    const double height =
        std::max(1.0, kHeight * static_cast<double>(periods.count(i)) / static_cast<double>(most));
    out += bar("load", static_cast<double>((i - first) * kBar), kHeight - height, kBar - 1, height);
  }
  return out + "</svg>";
}

std::string trend_chart(const Trend& trend, int width, int height, double floor, double ceiling,
                        std::string_view label) {
  constexpr double kThinnest = 1.5;
  const auto intervals = trend.intervals();
  const double step = width / static_cast<double>(std::max<std::size_t>(intervals.size(), 1));
  const double range = ceiling > floor ? ceiling - floor : 1;
  const auto height_of = [&](double value) {
    return std::clamp((value - floor) / range, 0.0, 1.0) * (height - kThinnest);
  };
  std::string out = opened(width, height, label);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    if (intervals[i].count == 0) continue;
    const double low = height_of(intervals[i].least),
                 high = height_of(intervals[i].most) + kThinnest;
    out +=
        bar("load", static_cast<double>(i) * step, height - high, std::max(step, 1.0), high - low);
  }
  return out + "</svg>";
}

std::string bit_map(const LogStatistics::Id& id) {
  constexpr int kCell = 5;
  if (id.longest_data == 0) return "";
  std::string out = opened(id.longest_data * kCell, 8 * kCell, "bits that change");
  out += bar("ground", 0, 0, id.longest_data * kCell, 8 * kCell);
  for (std::size_t i = 0; i < std::size_t{8} * id.longest_data; ++i) {
    if (id.bit_changes[i] == 0) continue;
    const double often = static_cast<double>(id.bit_changes[i]) /
                         static_cast<double>(std::max<std::uint64_t>(id.count - 1, 1));
    out += fmt::format(
        "<rect class=\"bit\" x=\"{}\" y=\"{}\" width=\"4\" height=\"4\" opacity=\"{:.2f}\"/>",
        i / 8 * kCell, i % 8 * kCell, 0.2 + 0.8 * std::sqrt(std::min(often, 1.0)));
  }
  return out + "</svg>";
}

}  // namespace can::cli
