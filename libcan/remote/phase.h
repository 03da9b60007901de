// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace can::remote {

/// The phases of a client's life on the server, in order. A client may skip phases; it never goes
/// back to an earlier one.
enum class Phase : std::uint8_t {
  bus_request,      ///< the client's first event is awaited; it may be no CAN client at all
  session_request,  ///< awaited; version 64 only
  filters,          ///< awaited
  opening,          ///< a thread opens the bus
  open,             ///< messages go both ways
  bus_failed,       ///< the client has been told; one more event of it is handled
  closing,          ///< input is passed over; what is queued is being written
  closed,           ///< all is written; the server waits for the client to close
  gone,             ///< the connection is to be destroyed
};

}  // namespace can::remote
