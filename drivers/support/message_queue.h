// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <mutex>
#include <span>
#include <vector>

#include "cansuite/message.h"
#include "libcan/platform/wake_up.h"

namespace can {

/// Messages between the thread that reads a device and the thread that receives. The descriptor is
/// readable while there are messages, and for good after end(). Any thread may use it.
class MessageQueue {
 public:
  int descriptor() const { return waiting_.descriptor(); }

  /// Where more than 100,000 messages would wait, the rest is dropped and counted.
  void push(std::span<const Message> messages);
  std::size_t pop(std::span<Message> out);
  /// The same, and waits for messages, at most `timeout`. Returns 0 after that, when a signal came,
  /// and when no more messages come.
  std::size_t receive(std::span<Message> out, std::chrono::nanoseconds timeout);
  void end();  ///< no more messages come

  bool ended() const;  ///< true when the last message is out, too
  std::uint64_t dropped() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Message> messages_;
  std::size_t first_ = 0;  // in messages_: those before it are out
  std::uint64_t dropped_ = 0;
  bool ended_ = false;
  WakeUp waiting_;
};

}  // namespace can
