// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <queue>
#include <span>
#include <vector>

#include "cansuite/message.h"

namespace can::bench {

/// Random enough for signals, and the same on every machine.
class Dice {
 public:
  /// 0 to `sides` - 1.
  std::uint32_t roll(std::uint32_t sides) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(state_ >> 33) % sides;
  }

 private:
  std::uint64_t state_ = 1;
};

/// What a car's two buses carry: 149 periodic ids, 2,540 frames a second. can0 has 500 kbit/s and
/// some 60 % load, can1 CAN FD frames of 64 bytes, 5 % of all. Signals drift; half of the ids
/// have counters and checksums. The same at every run. Not thread-safe.
class Traffic {
 public:
  Traffic();

  /// Goes on with the next messages, as many as fit.
  void next(std::span<Message> out);

 private:
  struct Sender {
    std::chrono::nanoseconds period{};
    Message message;
    std::array<std::uint16_t, 16> signals{};
    std::uint8_t counter = 0;
    bool is_protected = false;
  };
  /// When a sender wants the bus next. The lower number wins, as on a bus.
  struct Due {
    std::chrono::nanoseconds time;
    std::size_t sender;
    bool operator<(const Due& other) const {
      return time != other.time ? time > other.time : sender > other.sender;
    }
  };

  void add_sender(std::chrono::nanoseconds period);
  void drift(Sender& sender);
  static void fill(Sender& sender);
  static void protect(Message& message, std::uint8_t counter);
  std::chrono::nanoseconds transmit(const Message& message, std::chrono::nanoseconds due);

  Dice dice_;
  std::vector<Sender> senders_;
  std::priority_queue<Due> due_;
  std::chrono::nanoseconds free_at_[2]{}, last_{};  // of each bus; of the log
};

}  // namespace can::bench
