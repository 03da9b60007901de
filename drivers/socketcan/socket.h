// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "cansuite/filter.h"
#include "libcan/platform/descriptor.h"

namespace can::socketcan {

struct SocketOptions {
  bool fd = true;
  bool local_loopback = true;       ///< other sockets of this host receive sent messages
  bool receive_own = false;         ///< this socket, too
  bool hardware_timestamps = true;  ///< if the device has them
  std::uint32_t error_mask = 0;     ///< classes of error frames to receive, CAN_ERR_*
  int receive_buffer = 0;           ///< bytes
};

/// A non-blocking raw socket that isn't bound, and therefore receives nothing yet. Throws
/// Errc::unsupported if the kernel has no CAN, Errc::io.
Descriptor open_raw(const SocketOptions& options);

/// Binds the socket to the interface with this index; 0: to all. May be called again after the
/// interface has disappeared. Returns 0 or the error number.
int bind_to(const Descriptor& socket, int interface);

/// Sets filters in the kernel. True if these are equivalent to can::matches(); otherwise the kernel
/// passes at least the matching messages. `errors`: the socket receives error frames.
bool set_kernel_filters(const Descriptor& socket, std::span<const Filter> filters, bool errors);

/// Clears the pending error of the socket.
void clear_error(const Descriptor& socket);

/// The number of frames dropped by a full receive buffer since the socket was made: as SO_RXQ_OVFL,
/// but without waiting for the next frame.
std::uint32_t drops_of(const Descriptor& socket);

}  // namespace can::socketcan
