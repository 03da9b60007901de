// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "libcan/model/filter.h"
#include "libcan/platform/descriptor.h"

namespace can::socketcan {

struct SocketOptions {
  bool fd = true;
  bool local_loopback = true;       ///< other sockets of this host receive what is sent
  bool receive_own = false;         ///< this one, too
  bool hardware_timestamps = true;  ///< where the device has them
  std::uint32_t error_mask = 0;     ///< classes of error frames to receive, CAN_ERR_*
  int receive_buffer = 0;           ///< bytes
};

/// A raw socket that doesn't block and isn't bound: nothing arrives yet.
/// Throws Errc::unsupported where the kernel has no CAN, Errc::io.
Descriptor open_raw(const SocketOptions& options);

/// To the interface with this index; 0: to all. May be called again once that has vanished.
/// Returns 0 or the error number.
int bind_to(const Descriptor& socket, int interface);

/// Lets the kernel filter. True when it now does exactly as can::matches() says; else it lets pass
/// at least what matches. `errors`: the socket takes error frames.
bool set_kernel_filters(const Descriptor& socket, std::span<const Filter> filters, bool errors);

/// Forgets an error that waits to be reported.
void clear_error(const Descriptor& socket);

/// Frames that found the receive buffer full since the socket was made: what SO_RXQ_OVFL tells, but
/// without waiting for the next frame.
std::uint32_t drops_of(const Descriptor& socket);

}  // namespace can::socketcan
