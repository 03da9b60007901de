// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include "libcan/flow/batch_queue.h"
#include "libcan/model/bus.h"

namespace can {

/// Receives from a bus on a thread of its own, so that a slow disk keeps no message from being
/// taken; the consumer gets them in order on its own thread. When even the queue of a million
/// messages is full, the bus is left alone, and drops and counts as it does.
class Recorder {
 public:
  /// take() is woken for so many messages, fewer than a million; fewer come when its timeout ends.
  explicit Recorder(Bus& bus, std::size_t worth_waking = 1);
  ~Recorder();

  /// Waits up to `timeout` for messages; hands them to `use`, at most `most`. Returns how many: 0
  /// when none came or nothing will come any more, see ended(). Throws what the bus threw.
  std::size_t take(std::chrono::nanoseconds timeout, std::size_t most,
                   const std::function<void(std::span<const Message>)>& use);

  /// No messages after those that are there now: take() them until ended().
  void stop();
  bool ended() const { return queue_.ended(); }

 private:
  void run(const std::stop_token& stop);
  std::size_t receive(std::chrono::nanoseconds timeout);

  Bus& bus_;
  BatchQueue queue_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace can
