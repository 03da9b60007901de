// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "cansuite/message.h"

/// The datagrams of python-can's udp_multicast: one MessagePack map holds one frame.
///
///   8b                                  map of 11 pairs, written in this order
///   "timestamp"              cb f64     seconds; the receiver replaces it by its own time
///   "arbitration_id"         00-7f | cc u8 | cd u16 | ce u32
///   "is_extended_id"         c2 | c3    false, true; true if missing
///   "is_remote_frame"        c2 | c3
///   "is_error_frame"         c2 | c3
///   "channel"                c0 | text | number    c0: none
///   "dlc"                    u8         data bytes, 0-64; of a remote frame, requested bytes
///   "data"                   c4 u8 ...  none in a remote frame
///   "is_fd"                  c2 | c3
///   "bitrate_switch"         c2 | c3
///   "error_state_indicator"  c2 | c3
///
/// Source: python-can 4.1.0, can/interfaces/udp_multicast/utils.py and can/message.py, and
/// datagrams recorded from it; https://github.com/msgpack/msgpack/blob/master/spec.md.
namespace can::udp_multicast {

constexpr std::size_t kLongestDatagram = 288;  ///< bytes, written by encode()

/// Writes `message` as a datagram to `out`; returns its size.
std::size_t encode(const Message& message, std::span<std::uint8_t, kLongestDatagram> out);

/// The channel names of senders. Anyone on the network may send any name, and names are never
/// freed: at most 64 different names are accepted, of at most 64 printable bytes each.
class SenderChannels {
 public:
  /// The channel of that name; `otherwise` if the name isn't accepted.
  Channel find(std::string_view name, Channel otherwise);

 private:
  std::array<Channel, 64> known_{};
  std::size_t count_ = 0;
};

/// Reads datagrams of any sender. Keys may come in any order or be missing, integers may have any
/// width, data may be an array, and unknown keys, which python-can refuses, are skipped.
/// Allocates only the names of new channels.
class Decoder {
 public:
  /// `channel`: for messages of senders that name none.
  explicit Decoder(Channel channel) : channel_(channel) {}

  /// False if the datagram isn't one valid frame; `out` is then undefined. Doesn't set the
  /// timestamp.
  bool decode(std::span<const std::uint8_t> datagram, Message& out);

 private:
  Channel channel_;
  SenderChannels names_;
};

}  // namespace can::udp_multicast
