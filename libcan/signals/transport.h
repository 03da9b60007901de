// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>

#include "cansuite/signals.h"

namespace can::signals {

/// Puts messages of J1939 together that came in several frames: announced to all (BAM) or to one
/// node (RTS/CTS). Memory is bounded. Not thread-safe. Source: SAE J1939-21.
class Transport {
 public:
  /// Takes the next frame of the log. Returns the packet that the frame completes, valid until the
  /// next call; else null.
  const Packet* add(const Message& message);

  /// Whether the message has the id and length of a frame of the protocol.
  static bool is_frame(const Message& message);

  /// Packets that are not complete: a frame is missing, or the sender began anew, or there were
  /// more than kMaxSessions at a time.
  std::uint64_t lost() const { return lost_; }
  /// Packets that the log ends in.
  std::size_t unfinished() const { return sessions_.size(); }

  static constexpr std::size_t kMaxSessions = 4096;

 private:
  struct Session {
    Packet packet;
    bool to_all = false;
    std::size_t frames = 0;  // in all
    std::size_t next = 1;    // number of the next frame
  };

  void control(const Message& message);
  void begin(const Message& message);
  void lose(std::uint64_t key);
  const Packet* data(const Message& message);

  std::unordered_map<std::uint64_t, Session> sessions_;  // by channel, source and destination
  Packet complete_;
  std::uint64_t lost_ = 0;
};

}  // namespace can::signals
