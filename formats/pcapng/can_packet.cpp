// SPDX-License-Identifier: MIT
#include "formats/pcapng/can_packet.h"

#include <cstring>

#include "libcan/model/frame_bits.h"

namespace can::pcapng {
namespace {

constexpr std::uint8_t kXl = 0x80;
constexpr std::size_t kHeader = 8, kClassicSize = 16, kFdSize = 72;

std::uint8_t byte(std::span<const char> packet, std::size_t at) {
  return static_cast<std::uint8_t>(packet[at]);
}

std::uint32_t big_endian(std::span<const char> packet, std::size_t at) {
  return std::uint32_t{byte(packet, at)} << 24 | std::uint32_t{byte(packet, at + 1)} << 16 |
         std::uint32_t{byte(packet, at + 2)} << 8 | byte(packet, at + 3);
}

}  // namespace

Link link_of(std::uint32_t type) {
  constexpr std::uint32_t kCooked = 113, kCooked2 = 276;
  return type == kLinkType  ? Link::can
         : type == kCooked  ? Link::cooked
         : type == kCooked2 ? Link::cooked2
                            : Link::other;
}

Packet read_packet(Link link, std::span<const char> packet, Seen& seen, Message& out) {
  constexpr std::size_t kCookedHeader = 16, kCooked2Header = 20;
  constexpr std::uint32_t kCan = 12, kCanXl = 14, kOutgoing = 4;
  if (link == Link::can) return parse_packet(packet, false, out);
  const bool first = link == Link::cooked;
  const std::size_t header = first ? kCookedHeader : kCooked2Header;
  if (link == Link::other) return Packet::foreign;
  if (packet.size() < header) return Packet::damaged;
  const std::uint32_t protocol = big_endian(packet, first ? 14 : 0) >> 16;
  if (protocol < kCan || protocol > kCanXl) return Packet::foreign;
  if (protocol == kCanXl) return Packet::xl;
  seen.transmitted = byte(packet, first ? 1 : 10) == kOutgoing;
  seen.interface = first ? 0 : big_endian(packet, 4);
  return parse_packet(packet.subspan(header), seen.little_endian, out);
}

Packet parse_packet(std::span<const char> packet, bool little_endian, Message& out) {
  if (packet.size() < kHeader) return Packet::damaged;
  if (byte(packet, 4) & kXl) return Packet::xl;
  const std::uint32_t number = big_endian(packet, 0);
  const std::uint32_t id = little_endian ? __builtin_bswap32(number) : number;
  const std::uint8_t flags = byte(packet, 5);
  out.extended = (id & kExtendedIdFlag) != 0;
  out.remote = (id & kRemoteIdFlag) != 0;
  out.error = (id & kErrorIdFlag) != 0;
  out.id = id & kExtendedIdMask;
  out.length = byte(packet, 4);
  // Before the flag existed, the size of the kernel's structure was the only sign of CAN FD.
  out.fd = !out.error && ((flags & kFdfFlag) || out.length > 8 || packet.size() == kFdSize);
  if (out.fd) {
    out.brs = (flags & kBrsFlag) != 0;
    out.esi = (flags & kEsiFlag) != 0;
  } else if (out.length == 8 && byte(packet, 7) > 8 && byte(packet, 7) <= 15) {
    out.raw_dlc = byte(packet, 7);
  }
  if (why_invalid(out) || packet.size() - kHeader < out.payload().size()) return Packet::damaged;
  std::memcpy(out.data.data(), packet.data() + kHeader, out.payload().size());
  return Packet::frame;
}

char* put_packet(char* at, const Message& m) {
  const std::size_t size = m.fd ? kFdSize : kClassicSize;
  const std::uint32_t id = m.id | (m.extended ? kExtendedIdFlag : 0) |
                           (m.remote ? kRemoteIdFlag : 0) | (m.error ? kErrorIdFlag : 0);
  std::memset(at, 0, size);
  for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(id >> (24 - 8 * i));
  at[4] = static_cast<char>(m.length);
  if (m.fd) at[5] = static_cast<char>(kFdfFlag | fd_flags(m));
  at[7] = static_cast<char>(m.raw_dlc);
  std::memcpy(at + kHeader, m.data.data(), m.payload().size());
  return at + size;
}

}  // namespace can::pcapng
