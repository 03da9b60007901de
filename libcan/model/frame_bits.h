// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "cansuite/message.h"

/// The kind of a frame as bits of a number, where more than one format or protocol has the same.
namespace can {

// Flags above the 29 bits of an id. Source: linux/can.h; candump, pcapng and BLF have the same.
constexpr std::uint32_t kExtendedIdFlag = 1u << 31, kRemoteIdFlag = 1u << 30,
                        kErrorIdFlag = 1u << 29;

// Flags of a CAN FD frame. Source: struct canfd_frame in linux/can.h; candump and pcapng have the
// same.
constexpr std::uint8_t kBrsFlag = 1, kEsiFlag = 2, kFdfFlag = 4;

constexpr std::uint8_t fd_flags(const Message& m) {
  return static_cast<std::uint8_t>((m.brs ? kBrsFlag : 0) | (m.esi ? kEsiFlag : 0));
}

/// All flags of a Message in one byte: 1 extended, 2 remote, 4 error, 8 CAN FD, 16 BRS, 32 ESI,
/// 64 Tx. The npz format stores it, canserver's protocol sends it.
constexpr std::uint8_t message_flags(const Message& m) {
  return static_cast<std::uint8_t>((m.extended ? 1 : 0) | (m.remote ? 2 : 0) | (m.error ? 4 : 0) |
                                   (m.fd ? 8 : 0) | (m.brs ? 16 : 0) | (m.esi ? 32 : 0) |
                                   (m.transmitted ? 64 : 0));
}
constexpr void set_message_flags(Message& m, std::uint8_t flags) {
  m.extended = (flags & 1) != 0;
  m.remote = (flags & 2) != 0;
  m.error = (flags & 4) != 0;
  m.fd = (flags & 8) != 0;
  m.brs = (flags & 16) != 0;
  m.esi = (flags & 32) != 0;
  m.transmitted = (flags & 64) != 0;
}

}  // namespace can
