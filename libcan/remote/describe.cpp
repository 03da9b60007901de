// SPDX-License-Identifier: MIT
#include "libcan/remote/describe.h"

#include <fmt/core.h>

#include <algorithm>

namespace can::remote {

std::string describe(const Filters& filters) {
  constexpr std::size_t kShown = 8;
  if (filters.empty()) return "no filters";
  std::string text = "filters";
  for (std::size_t i = 0; i < std::min(filters.size(), kShown); ++i)
    text += ' ' + to_string(filters[i]);
  return text + (filters.size() > kShown ? " ..." : "");
}

std::string describe(const BusConfig& config) {
  std::string text;
  if (config.bitrate != 0) text += fmt::format("{} bit/s, ", config.bitrate);
  if (config.data_bitrate != 0) text += fmt::format("data {} bit/s, ", config.data_bitrate);
  return text + describe(config.filters);
}

}  // namespace can::remote
