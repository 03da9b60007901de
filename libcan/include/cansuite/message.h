// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "cansuite/channel.h"

namespace can {

/// One frame that was or will be on a CAN bus. A plain value of 88 bytes without heap memory.
struct Message {
  /// Time since the Unix epoch, or since the start of the recording where the log has no date.
  std::chrono::nanoseconds timestamp{};

  std::uint32_t id = 0;  ///< arbitration id of 11 or 29 bits, without flag bits
  Channel channel{};     ///< none where the log has no channels

  std::uint8_t length = 0;   ///< data bytes: 0-8, CAN FD 0-64; requested ones in a remote frame
  std::uint8_t raw_dlc = 0;  ///< DLC 9-15 of a classic frame of 8 bytes; 0 for all others

  bool extended : 1 = false;     ///< 29-bit id (IDE)
  bool remote : 1 = false;       ///< remote frame (RTR): requests data, carries none; classic only
  bool error : 1 = false;        ///< error frame; id and data: error_frame.h
  bool fd : 1 = false;           ///< CAN FD frame (FDF, formerly EDL)
  bool brs : 1 = false;          ///< CAN FD: data phase at the higher bit rate
  bool esi : 1 = false;          ///< CAN FD: the sender is error passive
  bool transmitted : 1 = false;  ///< sent by the recording node (Tx), not received (Rx)

  std::array<std::uint8_t, 64> data{};  ///< the first `length` bytes count: payload()

  /// The data bytes that the frame carries: none in a remote frame.
  std::span<const std::uint8_t> payload() const {
    return {data.data(), remote ? std::size_t{0} : std::size_t{length}};
  }

  /// Sets all but the data as in a new Message, at a third of the cost: the start of a decoder. The
  /// bytes after `length` are undefined.
  void reset();
};

static_assert(std::is_trivially_copyable_v<Message> && sizeof(Message) == 88);

// memset only writes. Setting the flags one by one would wait for the old value to be read.
inline void Message::reset() { std::memset(static_cast<void*>(this), 0, offsetof(Message, data)); }

constexpr std::uint32_t kStandardIdMask = 0x7FF;       ///< all bits of an 11-bit id
constexpr std::uint32_t kExtendedIdMask = 0x1FFFFFFF;  ///< all bits of a 29-bit id

/// Same time, channel and frame. Bytes after the payload are not compared.
bool operator==(const Message& a, const Message& b);

namespace message_detail {

inline constexpr std::uint8_t kLengths[16] = {0, 1,  2,  3,  4,  5,  6,  7,
                                              8, 12, 16, 20, 24, 32, 48, 64};

inline constexpr auto kCodes = [] {
  std::array<std::uint8_t, 65> codes{};
  std::uint8_t code = 0;
  for (std::size_t length = 0; length < codes.size(); ++length) {
    if (length > kLengths[code]) ++code;
    codes[length] = code;
  }
  return codes;
}();

}  // namespace message_detail

/// The data length code, 0-15, of `length` bytes. A length without a code is rounded up.
constexpr std::uint8_t dlc_of(std::uint8_t length) {
  return message_detail::kCodes[length < 64 ? length : 64];
}
/// The bytes, 0-64, that a CAN FD frame with this data length code has.
constexpr std::uint8_t length_of(std::uint8_t dlc) { return message_detail::kLengths[dlc & 15]; }

/// The data length code that the frame has on the bus, 0-15.
inline std::uint8_t dlc_of(const Message& message) {
  return message.raw_dlc != 0 ? message.raw_dlc : dlc_of(message.length);
}

/// Sets length and raw_dlc from a data length code, 0-15, classic or CAN FD by message.fd.
inline void set_dlc(Message& message, std::uint8_t dlc) {
  message.length = message.fd || dlc < 8 ? length_of(dlc) : 8;
  message.raw_dlc = !message.fd && dlc > 8 ? dlc : 0;
}

/// Null for a frame that can be on a bus; else the reason why it can't: "a standard id is at most
/// 7FF".
const char* why_invalid(const Message& message);

}  // namespace can
