// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "cansuite/message.h"

namespace can::pcapng {

constexpr std::uint16_t kLinkType = 227;    // LINKTYPE_CAN_SOCKETCAN
constexpr std::size_t kLongestPacket = 72;  // bytes of the kernel's struct canfd_frame

/// The layout of packets, by the link type of their interface. Packets that tcpdump captures on all
/// interfaces ("-i any") have a header before the frame. That of LINKTYPE_LINUX_SLL is (big-endian)
///
///   0  u16  direction: 4 sent by this machine
///   2  ...  kind and address of the interface
///  14  u16  protocol: 12 CAN, 13 CAN FD, 14 CAN XL
///
/// and that of LINKTYPE_LINUX_SLL2
///
///   0  u16  protocol
///   4  u32  number of the interface
///  10  u8   direction
///  11  ...
///  20       the frame
///
/// Source: the tcpdump group's pages on these link types; a capture of tcpdump on vcan.
enum class Link : std::uint8_t { other, can, cooked, cooked2 };
Link link_of(std::uint32_t type);

/// The kind of a packet.
enum class Packet { frame, foreign, xl, damaged };

/// Values of a packet beside its frame.
struct Seen {
  bool little_endian = false;   ///< byte order of the capture, and of ids behind a header of -i any
  std::uint32_t interface = 0;  ///< number of the interface in the kernel; 0: unknown
  bool transmitted = false;     ///< sent by this machine
};

/// Decodes a packet into `out` and `seen`.
Packet read_packet(Link link, std::span<const char> packet, Seen& seen, Message& out);

/// Decodes a packet of LINKTYPE_CAN_SOCKETCAN, as the kernel passes it to a capturing program:
///
///   0  u32  id, big-endian or `little_endian`; bit 31 extended, 30 remote, 29 error frame
///   4  u8   data bytes, 0-8; CAN FD 0-64
///   5  u8   flags: 1 BRS, 2 ESI, 4 CAN FD
///   6  u8   reserved
///   7  u8   data length code of a classic frame of 8 bytes where it is above 8, else 0
///   8       data
///
/// Source: the tcpdump group's page on LINKTYPE_CAN_SOCKETCAN; linux/can.h.
Packet parse_packet(std::span<const char> packet, bool little_endian, Message& out);

/// Writes a packet of 16 bytes, CAN FD 72, as long as the kernel's structures: older readers
/// distinguish the two by length. Returns the end.
char* put_packet(char* at, const Message& message);

}  // namespace can::pcapng
