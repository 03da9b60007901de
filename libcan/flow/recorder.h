// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include "cansuite/bus.h"
#include "libcan/flow/batch_queue.h"

namespace can {

/// Receives from a bus on a thread of its own, so that a slow disk doesn't delay receiving. One
/// consumer thread takes the messages, in order. While the queue of a million messages is full,
/// receiving pauses: the bus's own queue fills, and the bus counts its drops.
class Recorder {
 public:
  /// Begins to receive; `bus` must outlive this. `worth_waking`, less than a million: messages for
  /// which receive() returns before its timeout. 1: lowest latency; larger: fewer wake-ups.
  explicit Recorder(Bus& bus, std::size_t worth_waking = 1);
  ~Recorder();

  /// Waits up to `timeout` for messages and passes at most `limit` of them to `use`. Returns their
  /// number; 0 if none came or all were taken, see ended(). Throws the exception of the bus, after
  /// the messages before it, and exceptions of `use`; those messages are passed again.
  std::size_t receive(std::chrono::nanoseconds timeout, std::size_t limit,
                      const std::function<void(std::span<const Message>)>& use);

  /// Ends the receiving after the messages that the bus has now: call receive() until ended().
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
