// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "libcan/flow/log_statistics.h"

/// Drawings in a report, as SVG elements.
namespace can::cli {

/// A text between tags or in quotes: no character means anything to HTML.
std::string html(std::string_view text);

/// The load of a channel over time, with intervals that have error frames marked.
std::string load_chart(const Timeline& timeline);

/// How many periods of each length there are, from the shortest to the longest class.
std::string period_chart(const PeriodHistogram& periods);

/// A number over time: a bar from the least to the most value of each interval. `floor`, `ceiling`:
/// what the lower and the upper edge are.
std::string trend_chart(const Trend& trend, int width, int height, double floor, double ceiling,
                        std::string_view label);

/// How often each bit changed, a column a byte, bit 7 above; the darker the more often.
std::string bit_map(const LogStatistics::Id& id);

}  // namespace can::cli
