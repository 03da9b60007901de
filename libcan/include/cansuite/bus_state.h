// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cansuite/message.h"

namespace can {

/// Where a CAN controller is in its fault confinement. Source: ISO 11898-1.
enum class ControllerState : std::uint8_t {
  unknown,        ///< the driver can't tell
  error_active,   ///< takes part without limits
  error_warning,  ///< takes part, and an error counter has reached 96
  error_passive,  ///< an error counter has reached 128
  bus_off,        ///< takes no part: the transmit error counter exceeded 255
  stopped,        ///< takes no part: not started
};

/// "error-active", "error-warning", "error-passive", "bus-off", "stopped"; "" for unknown.
std::string_view name_of(ControllerState state);

/// The state of the controller of a bus, at the moment of the call.
struct BusState {
  ControllerState controller = ControllerState::unknown;  ///< fault confinement
  std::optional<std::uint16_t> tx_errors{};  ///< transmit error counter; empty: unknown
  std::optional<std::uint16_t> rx_errors{};  ///< receive error counter; empty: unknown
  std::uint32_t bitrate = 0;                 ///< bit/s, nominal phase; 0: unknown
  std::uint32_t data_bitrate = 0;            ///< bit/s, data phase; 0: unknown

  bool operator==(const BusState&) const = default;  ///< all fields
};

/// Takes over what an error frame tells about the controller.
void learn(const Message& error, BusState& state);

}  // namespace can
