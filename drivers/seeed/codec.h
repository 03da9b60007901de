// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cansuite/message.h"
#include "drivers/support/packets.h"

/// The packets of Seeed's USB-CAN analyzer:
///
///   // 0   u8  0xAA
///   // 1   u8  0xC0 + 0x20 extended + 0x10 remote + number of data bytes; a frame
///   // 2   u16 or, extended, u32: the id, little endian; then the data, and 0x55
///
///   // 0   u8  0xAA
///   // 1   u8  0x55: a command or its answer, 20 bytes
///   // 2   u8  0x12 set up, 0x04 status
///   // ..
///   // 19  u8  sum of those from 2 on
///
/// Source: python-can's manual and its seeedstudio interface, where they send and accept. Other
/// than there, a remote frame may have as many data bytes as its length says, or none.
namespace can::seeed {

constexpr std::uint8_t kStart = 0xAA;

enum class Mode : std::uint8_t { normal, loopback, silent, loopback_and_silent };

struct Setup {
  std::uint8_t bitrate_code = 0;
  bool extended = false;
  Mode mode = Mode::normal;
};

/// The code of a bit rate; none for one that has no code.
std::optional<std::uint8_t> bitrate_code(std::uint32_t bitrate);

using Command = std::array<std::uint8_t, 20>;
Command set_up_command(const Setup& setup);
Command status_command();

/// What a packet holds: a frame, or the answer to a command.
struct Content {
  Message message;
  bool is_answer = false;
};

/// The packet at the front of `bytes`, which begin with kStart; but time, channel and direction.
Packet decode_packet(std::span<const std::uint8_t> bytes, Content& content);

/// Adds the packet of a classic frame that is no error frame.
void encode_packet(const Message& message, std::vector<std::uint8_t>& out);

}  // namespace can::seeed
