// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "drivers/udp_multicast/address.h"
#include "libcan/platform/descriptor.h"

namespace can::udp_multicast {

/// The parameters of joining a group.
struct Membership {
  Address group;
  std::string network;  ///< name of a network interface; "": by the routing table
  int hop_limit = 1;
  int receive_buffer = 0;    ///< bytes
  bool receive_own = false;  ///< also receive the messages of `Sockets::send`
};

/// The two non-blocking sockets of a bus. The sending socket has a port of its own, which
/// distinguishes the bus's messages from those of other programs.
struct Sockets {
  Descriptor receive;      ///< bound to the group
  Descriptor send;         ///< connected to the group
  Address source;          ///< of `send`
  std::string network;     ///< the interface in use; "": unknown
  int index = 0;           ///< of that interface; 0: unknown, or the interface is gone
  int joined = 0;          ///< index of the interface on which `receive` has joined
  bool makeshift = false;  ///< on loopback because no interface carries the group
};

/// Joins the group; over loopback if no other interface carries the group. Throws Errc::not_found
/// if no interface does, Errc::io. The error's text doesn't name the group.
Sockets join(const Membership& membership);

/// Moves the sockets to the interface that join() would select now. Keeps the descriptors and the
/// received datagrams. Sets `index` to 0 while no interface carries the group. Another thread may
/// send meanwhile. Throws Errc::io.
void follow(const Membership& membership, Sockets& sockets);

/// The number of datagrams that the kernel kept from the receive socket since it was made: dropped
/// by a full buffer, or the bus's own.
std::uint64_t kept_back(int receive);

/// Whether an errno means that a network interface can't carry the group; other errors concern the
/// group or the port.
bool is_unreachable(int error);

}  // namespace can::udp_multicast
