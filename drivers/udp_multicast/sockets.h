// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "drivers/udp_multicast/address.h"
#include "libcan/platform/descriptor.h"

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
  Descriptor receive;      ///< bound to the group
  Descriptor send;         ///< connected to the group
  Address source;          ///< of `send`
  std::string network;     ///< the interface used; "" when that can't be told
  int index = 0;           ///< of that interface; 0: can't be told, or it is gone
  int joined = 0;          ///< where `receive` is a member
  bool makeshift = false;  ///< on loopback because no interface carries the group
};

/// Joins the group; over loopback, which needs no network, when no other interface can.
/// Throws Errc::not_found when none can, Errc::io. The text doesn't say which group.
Sockets join(const Membership& membership);

/// Goes to where join() would now, without another descriptor and without losing what has been
/// received. While no interface carries the group at all, `index` is 0. Another thread may send
/// meanwhile. Throws Errc::io.
void follow(const Membership& membership, Sockets& sockets);

/// Datagrams the kernel didn't give to the receive socket since it was made: its buffer was full,
/// or they were the bus's own.
std::uint64_t kept_back(int receive);

/// An errno: of a network interface that can't carry the group, not of the group or of the port.
bool is_unreachable(int error);

}  // namespace can::udp_multicast
