// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "cansuite/message.h"
#include "drivers/support/packets.h"

/// The frame of python-can's serial interface:
///
///   // 0    u8   0xAA
///   // 1    u32  time in ms, little endian as all numbers
///   // 5    u8   number of data bytes, at most 8
///   // 6    u32  id; bit 31: extended, bit 30: remote, bit 29: error frame
///   // 10   the data, then 0xBB
///
/// Source: python-can's manual, chapter "CAN over Serial"; 4.1.0 and 4.6.1 where they send. Other
/// than there: bytes that are no frame are passed over one by one (there, reading fails or a frame
/// in the garbage is lost); a remote frame may have no data behind its length, as 4.6.1 sends it,
/// or as many as it says, as 4.6.1 expects it.
namespace can::serial_frame {

/// What the id's upper bits are: flags, as python-can has it today, or nothing, as in 4.1.0: there
/// an id is taken for an extended one where it is above 7FF.
enum class Dialect { flags, plain };

constexpr std::uint8_t kStart = 0xAA, kStop = 0xBB;

/// The frame at the front of `bytes`, which begin with kStart: all but time, channel and direction.
Packet decode_frame(std::span<const std::uint8_t> bytes, Dialect dialect, Message& message,
                    std::chrono::milliseconds& time);

/// Adds the frame. Its time is the message's, less whole periods of 2^32 ms. Of the dialect
/// `plain`, neither a remote nor an error frame.
void encode_frame(const Message& message, Dialect dialect, std::vector<std::uint8_t>& out);

}  // namespace can::serial_frame
