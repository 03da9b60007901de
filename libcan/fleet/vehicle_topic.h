// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace can::fleet {

/// A topic such as "fleet/car17/raw" in its parts.
struct VehicleTopic {
  std::string_view topic;  ///< "fleet/car17"
  std::string_view part;   ///< "/raw"
};

/// Empty for a topic without a part.
std::optional<VehicleTopic> parse_topic(std::string_view topic);

/// The name of a vehicle: the levels of its topic where `pattern` has wildcards, "car17" for
/// fleet/+; the last level where it has none. Empty for a topic that the pattern doesn't cover.
std::string vehicle_of(std::string_view pattern, std::string_view topic);

}  // namespace can::fleet
