// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "cansuite/message.h"

namespace can::blf {

/// An error on the bus as an interface reports it, in the terms of error_frame.h.
struct BusError {
  std::uint8_t kind = 0;        ///< bits of kProtocolKind; 0: unknown
  std::uint8_t place = 0;       ///< value of kProtocolPlace; 0: unknown
  bool unacknowledged = false;  ///< no node acknowledged the frame
};

/// The error by the codes of CAN_ERROR_EXT or CAN_FD_ERROR_64. `flags` say which code is valid;
/// empty for none.
std::optional<BusError> bus_error(std::uint32_t flags, std::uint8_t sja1000_code,
                                  std::uint16_t core_code);

/// Makes `out` the error frame that SocketCAN would report; time and channel stay.
void set_bus_error(const BusError& error, Message& out);

}  // namespace can::blf
