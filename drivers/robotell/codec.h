// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "cansuite/message.h"
#include "drivers/support/packets.h"

/// The packets of Robotell's USB-CAN adapters, the same in both directions:
///
///   // 0   u8[2]  0xAA 0xAA
///   // 2          17 bytes; 0xA5 stands before each of them that is 0xAA, 0x55 or 0xA5:
///   //   0   u32    id, little endian
///   //   4   u8[8]  data
///   //   12  u8     number of data bytes
///   //   13  u8     0: the bus; 0xFF: a setting of the adapter, its number in place of the id
///   //   14  u8     0: standard id, 1: extended
///   //   15  u8     0: data frame, 1: remote frame; of a setting: to be read
///   //   16  u8     sum of the 16 before
///   //     u8[2]  0x55 0x55
///
/// Source: python-can's manual and its robotell interface, where they send and accept.
namespace can::robotell {

constexpr std::uint8_t kStart = 0xAA;

enum Setting : std::uint32_t {
  kReset = 0x01FF'FEC0,
  kBitrate = 0x01FF'FED0,
  kSerialNumber1 = 0x01FF'FFF0,  ///< its first 8 characters
  kSerialNumber2 = 0x01FF'FFF1,  ///< its last 8
};

/// What a packet holds: a frame, or a setting whose number is the id.
struct Content {
  Message message;
  bool is_setting = false;
};

/// The packet at the front of `bytes`, which begin with kStart; but time, channel and direction.
Packet decode_packet(std::span<const std::uint8_t> bytes, Content& content);

/// Adds the packet of a classic frame that is no error frame.
void encode_packet(const Message& message, std::vector<std::uint8_t>& out);

/// Adds the packet that gives a setting the value in `data`, of `length` bytes, or asks for it.
void encode_setting(Setting setting, std::uint64_t data, std::uint8_t length, bool ask,
                    std::vector<std::uint8_t>& out);

}  // namespace can::robotell
