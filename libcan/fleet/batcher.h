// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "libcan/canb/canb.h"

namespace can::fleet {

/// Collects messages into batches between a thread that writes and one that takes. Holds at most
/// kWaiting full batches; the writer then waits.
class Batcher {
 public:
  static constexpr std::size_t kWaiting = 16;

  /// `age`: a batch is given out so long after its first message, full or not.
  explicit Batcher(std::chrono::nanoseconds age) : age_(age) {}

  /// Adds the messages, first to last, and removes them from `messages`. Returns early where there
  /// is no room for `patience`.
  void add(std::span<const Message>& messages, std::chrono::nanoseconds patience);

  /// Waits for a batch that is full or old enough; null after finish() and the last one.
  std::unique_ptr<canb::Encoder> take();

  /// Gives an encoder back, to be used again.
  void reuse(std::unique_ptr<canb::Encoder> encoder);

  /// No more messages come; what is there is old enough.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;

  void put_away();

  const std::chrono::nanoseconds age_;
  std::mutex mutex_;
  std::condition_variable filled_, taken_;
  std::unique_ptr<canb::Encoder> filling_ = std::make_unique<canb::Encoder>();
  Clock::time_point since_{};  // the first message in filling_
  std::deque<std::unique_ptr<canb::Encoder>> full_, unused_;
  bool finished_ = false;
};

}  // namespace can::fleet
