// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "libcan/model/message.h"

namespace can::blf {

/// What an interface says of an error it saw on the bus, in the terms of linux/can/error.h.
struct BusError {
  std::uint8_t kind = 0;   ///< CAN_ERR_PROT_BIT, _FORM, ...; 0: unspecified
  std::uint8_t place = 0;  ///< CAN_ERR_PROT_LOC_...; 0: unspecified
  bool unacknowledged = false;
};

/// Of the codes in CAN_ERROR_EXT and CAN_FD_ERROR_64: `flags` say which of them is valid. Nothing
/// when none is.
std::optional<BusError> bus_error(std::uint32_t flags, std::uint8_t sja1000_code,
                                  std::uint16_t core_code);

/// Makes `out` the error frame that a SocketCAN interface would give; time and channel stay.
void set_bus_error(const BusError& error, Message& out);

}  // namespace can::blf
