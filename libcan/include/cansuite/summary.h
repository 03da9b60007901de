// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "cansuite/message.h"

namespace can {

/// Bits of a frame on the bus, without stuff bits, from the start of frame to the end of the
/// intermission: in the nominal phase and, with a bit rate switch, in the data phase.
/// Source: the frame formats of ISO 11898-1. A remote frame has no data; an error frame counts 20
/// bits, six of flag, eight of delimiter, three of intermission and some of echo.
struct FrameBits {
  std::uint32_t nominal = 0;  ///< in the nominal phase
  std::uint32_t data = 0;     ///< in the data phase; 0 without a bit rate switch
};
/// The bits of this frame.
FrameBits bits_of(const Message& message);

/// Statistics of a log. add() needs the messages in order.
class Summary {
 public:
  /// `bitrate`, `data_bitrate` in bit/s: for the bus load.
  Summary(std::uint32_t bitrate, std::uint32_t data_bitrate)
      : bitrate_(bitrate), data_bitrate_(data_bitrate) {}

  void add(std::span<const Message> messages);  ///< counts the messages

  using nanoseconds = std::chrono::nanoseconds;  ///< as Message::timestamp

  /// The messages of one id.
  struct Ids {
    std::uint64_t count = 0;                    ///< messages
    nanoseconds first{};                        ///< time of the first message
    nanoseconds last{};                         ///< time of the last message
    nanoseconds shortest = nanoseconds::max();  ///< between two messages
    nanoseconds longest{};                      ///< between two messages
  };

  /// The messages of one channel.
  struct Bus {
    Channel channel;            ///< none where the log has no channels
    std::uint64_t data = 0;     ///< classic data frames
    std::uint64_t fd = 0;       ///< CAN FD frames
    std::uint64_t remote = 0;   ///< remote frames
    std::uint64_t error = 0;    ///< error frames
    nanoseconds first{};        ///< time of the first message
    nanoseconds last{};         ///< time of the last message
    nanoseconds busy{};         ///< time the bus was busy
    nanoseconds busiest{};      ///< time the bus was busy in the busiest second
    nanoseconds longest_gap{};  ///< longest silence
    nanoseconds gap_at{};       ///< when it began
    /// By id, with bit 31 for an extended one.
    std::map<std::uint32_t, Ids> ids;

    std::uint64_t frames() const { return data + fd + remote + error; }  ///< of all kinds
    nanoseconds duration() const { return last - first; }                ///< first to last message

   private:
    friend class Summary;
    std::int64_t second_ = 0;
    nanoseconds busy_in_second_{};
  };

  const std::vector<Bus>& buses() const { return buses_; }  ///< in the order of appearance
  std::uint64_t messages() const { return messages_; }      ///< in all
  std::uint64_t backwards() const { return backwards_; }  ///< messages earlier than the one before
  nanoseconds first() const { return first_; }            ///< the earliest time
  nanoseconds last() const { return last_; }              ///< the latest time

 private:
  void add(Bus& bus, const Message& message);
  void add_time(Bus& bus, const Message& message);
  Bus& bus_of(Channel channel);
  nanoseconds time_of(const Message& message) const;

  std::uint32_t bitrate_, data_bitrate_;
  std::vector<Bus> buses_;
  ChannelTable<std::uint32_t> places_;  // in buses_, from 1; 0: none yet
  std::uint64_t messages_ = 0, backwards_ = 0;
  nanoseconds first_{}, last_{}, previous_{};
};

}  // namespace can
