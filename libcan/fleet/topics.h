// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// What follows the topic of a vehicle, such as "fleet/car17". doc/fleet.md has the payloads.
namespace can::fleet {

inline constexpr std::string_view kRaw = "/raw";        ///< batches, from the vehicle
inline constexpr std::string_view kText = "/candump";   ///< lines of candump in gzip, instead
inline constexpr std::string_view kBegin = "/begin";    ///< position of the vehicle's oldest batch
inline constexpr std::string_view kAck = "/ack";        ///< position of the last batch in the store
inline constexpr std::string_view kStatus = "/status";  ///< "online" or "offline", retained
inline constexpr std::string_view kTx = "/tx";          ///< batches for the vehicle to send

}  // namespace can::fleet
