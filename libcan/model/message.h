// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "libcan/model/channel.h"

namespace can {

/// One frame seen on, or bound for, a CAN bus. A plain value: 88 bytes, no heap, copied freely.
struct Message {
  /// Since the Unix epoch, or since the start of the recording where the log gives no date.
  std::chrono::nanoseconds timestamp{};

  std::uint32_t id = 0;  ///< arbitration id, 11 bits or 29; no flag bits mixed in
  Channel channel{};

  std::uint8_t length = 0;  ///< data bytes: 0-8, in CAN FD 0-64; of a remote frame, those asked for
  std::uint8_t raw_dlc = 0;  ///< 9-15 when a classic frame of 8 bytes said so on the wire, else 0

  bool extended : 1 = false;     ///< 29-bit id (IDE)
  bool remote : 1 = false;       ///< remote frame (RTR): asks for data, carries none; classic only
  bool error : 1 = false;        ///< error frame; id and data as in linux/can/error.h
  bool fd : 1 = false;           ///< CAN FD frame (FDF, formerly EDL)
  bool brs : 1 = false;          ///< FD: data phase at the higher bit rate
  bool esi : 1 = false;          ///< FD: the sender is error passive
  bool transmitted : 1 = false;  ///< sent by the logging node ("Tx"), not received

  std::array<std::uint8_t, 64> data{};

  /// The data bytes the frame carries: none in a remote frame.
  std::span<const std::uint8_t> payload() const {
    return {data.data(), remote ? std::size_t{0} : std::size_t{length}};
  }

  /// Everything but the data as in a new Message: what a decoder starts from, at a third of the
  /// cost. The bytes past `length` mean nothing.
  void reset();
};

static_assert(std::is_trivially_copyable_v<Message> && sizeof(Message) == 88);

// By memset, which only writes: setting the flags one by one would wait for what was there before.
inline void Message::reset() { std::memset(static_cast<void*>(this), 0, offsetof(Message, data)); }

constexpr std::uint32_t kStandardIdMask = 0x7FF;
constexpr std::uint32_t kExtendedIdMask = 0x1FFFFFFF;

/// Same frame, same time, same channel. Bytes past the payload are not looked at.
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

/// Data length code, 0-15, of `length` bytes, and back. A length no code stands for rounds up.
constexpr std::uint8_t dlc_of(std::uint8_t length) {
  return message_detail::kCodes[length < 64 ? length : 64];
}
constexpr std::uint8_t length_of(std::uint8_t dlc) { return message_detail::kLengths[dlc & 15]; }

/// The data length code the frame had on the wire, 0-15.
inline std::uint8_t dlc_of(const Message& message) {
  return message.raw_dlc != 0 ? message.raw_dlc : dlc_of(message.length);
}

/// Sets length and raw_dlc from a data length code, 0-15, as message.fd says to understand it.
inline void set_dlc(Message& message, std::uint8_t dlc) {
  message.length = message.fd || dlc < 8 ? length_of(dlc) : 8;
  message.raw_dlc = !message.fd && dlc > 8 ? dlc : 0;
}

/// Null when the frame can stand on a bus; else what is wrong with it: "a standard id is at most
/// 7FF".
const char* why_invalid(const Message& message);

}  // namespace can
