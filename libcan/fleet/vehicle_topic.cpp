// SPDX-License-Identifier: MIT
#include "libcan/fleet/vehicle_topic.h"

#include <algorithm>

namespace can::fleet {
namespace {

/// Takes the first level from `rest`.
std::string_view next_level(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('/'), rest.size());
  const std::string_view level = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return level;
}

}  // namespace

std::optional<VehicleTopic> parse_topic(std::string_view topic) {
  const std::size_t slash = topic.rfind('/');
  if (slash == topic.npos || slash == 0) return {};
  return VehicleTopic{topic.substr(0, slash), topic.substr(slash)};
}

std::string vehicle_of(std::string_view pattern, std::string_view topic) {
  std::string name;
  std::string_view level;
  while (!pattern.empty() && !topic.empty()) {
    const std::string_view wanted = next_level(pattern);
    level = next_level(topic);
    if (wanted == "+")
      name.append(name.empty() ? "" : "/").append(level);
    else if (wanted != level)
      return {};
  }
  if (!pattern.empty() || !topic.empty()) return {};
  return name.empty() ? std::string(level) : name;
}

}  // namespace can::fleet
