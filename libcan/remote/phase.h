// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace can::remote {

/// The phases of a client's life on the server, in order. A client may skip phases; it never goes
/// back to an earlier one.
enum class Phase : std::uint8_t {
  bus_request,      ///< waits for the first event, perhaps not of a CAN client
  session_request,  ///< waits for a session request; version 64 only
  wrong_token,      ///< waits before the refusal
  filters,          ///< waits for the filters
  opening,          ///< a thread opens the bus
  open,             ///< messages go both ways
  bus_failed,       ///< the client is informed; one more event of it is handled
  closing,          ///< input is discarded; queued bytes are being written
  closed,           ///< all is written; the server waits for the client to close
  gone,             ///< the connection is to be destroyed
};

}  // namespace can::remote
