// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "drivers/support/descriptor.h"
#include "drivers/udp_multicast/address.h"

namespace can::udp_multicast {

/// How to join a group.
struct Membership {
  Address group;
  std::string network;  ///< name of a network interface; "": what the routing table says
  int hop_limit = 1;
  int receive_buffer = 0;    ///< bytes
  bool receive_own = false;  ///< what the own `send` socket sends, too
};

/// A bus is two sockets, which don't block: what is sent leaves from a port of its own, so that it
/// can be told from what other programs send.
struct Sockets {
  Descriptor receive;   ///< bound to the group
  Descriptor send;      ///< connected to the group
  Address source;       ///< of `send`
  std::string network;  ///< the interface used; "" when that can't be told
};

/// Joins the group; over loopback, which needs no network, when no other interface can.
/// Throws Errc::not_found when none can, Errc::io. The text doesn't say which group.
Sockets join(const Membership& membership);

/// Datagrams the kernel didn't give to the receive socket since it was made: its buffer was full,
/// or they were the bus's own.
std::uint64_t kept_back(const Descriptor& receive);

}  // namespace can::udp_multicast
