// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "libcan/message.h"

namespace can::pcapng {

constexpr std::uint16_t kLinkType = 227;    // LINKTYPE_CAN_SOCKETCAN
constexpr std::size_t kLongestPacket = 72;  // the kernel's struct canfd_frame

/// A packet of this link type, as the kernel hands it to a capturing program:
///
///   0  u32  id, big endian; bit 31 extended, 30 remote, 29 error frame
///   4  u8   data bytes, 0-8; in CAN FD 0-64
///   5  u8   CAN FD flags: 1 BRS, 2 ESI, 4 this is CAN FD
///   6  u8   reserved
///   7  u8   of a classic frame of 8 bytes: its data length code when that is above 8, else 0
///   8       data
///
/// Source: the tcpdump group's page on LINKTYPE_CAN_SOCKETCAN; linux/can.h.
///
/// False for a packet that holds no such frame: shorter than it says, a length no frame has, CAN XL.
bool parse_packet(std::span<const char> packet, Message& out);

/// Writes a packet of 16 bytes, in CAN FD 72, as the kernel's structures are long: older readers
/// tell the two by that. Returns the place behind it.
char* put_packet(char* at, const Message& message);

}  // namespace can::pcapng
