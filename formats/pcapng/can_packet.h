// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libcan/model/message.h"

namespace can::pcapng {

constexpr std::uint16_t kLinkType = 227;    // LINKTYPE_CAN_SOCKETCAN
constexpr std::size_t kLongestPacket = 72;  // the kernel's struct canfd_frame

/// What packets begin with, by the link type of their interface. Those that tcpdump takes of all
/// interfaces at once ("-i any") have a header of their own before the frame: LINKTYPE_LINUX_SLL
///
///   0  u16  how it came: 4 sent by this machine          (all numbers big endian)
///   2  ...  kind and address of the interface
///  14  u16  protocol: 12 CAN, 13 CAN FD, 14 CAN XL
///
/// and LINKTYPE_LINUX_SLL2
///
///   0  u16  protocol
///   4  u32  number of the interface
///  10  u8   how it came
///  11  ...
///  20       the frame
///
/// Source: the tcpdump group's pages on these link types; seen in a capture of tcpdump on vcan.
enum class Link : std::uint8_t { other, can, cooked, cooked2 };
Link link_of(std::uint32_t type);

/// What a packet is.
enum class Packet { frame, foreign, xl, damaged };

/// What a packet's link tells besides the frame.
struct Seen {
  bool little_endian = false;   ///< the capture; so are the ids behind a header of -i any
  std::uint32_t interface = 0;  ///< the kernel's number of it; 0: not told
  bool transmitted = false;
};

/// Makes `out` what the packet holds; fills in `seen`.
Packet read_packet(Link link, std::span<const char> packet, Seen& seen, Message& out);

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
/// `little_endian` says that the id is so.
Packet parse_packet(std::span<const char> packet, bool little_endian, Message& out);

/// Writes a packet of 16 bytes, in CAN FD 72, as the kernel's structures are long: older readers
/// tell the two by that. Returns the place behind it.
char* put_packet(char* at, const Message& message);

}  // namespace can::pcapng
