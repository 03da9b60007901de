// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "cansuite/bus.h"
#include "libcan/flow/batch_queue.h"
#include "libcan/flow/clock_watch.h"

namespace can {

/// Receives from a bus on a thread of its own, so that a slow disk doesn't delay receiving. One
/// consumer thread takes the messages, in order. While the queue is full, receiving pauses: the
/// bus's own queue fills, and the bus counts its drops.
class Recorder {
 public:
  static constexpr std::size_t kCapacity = 1 << 20;

  /// Begins to receive; `bus` must outlive this. `worth_waking`, less than `capacity`: messages for
  /// which receive() returns before its timeout. 1: lowest latency; larger: fewer wake-ups.
  /// `capacity`: messages of 88 bytes in the queue. `even_times`: the steps of this machine's clock
  /// are taken out of the messages' times.
  explicit Recorder(Bus& bus, std::size_t worth_waking = 1, std::size_t capacity = kCapacity,
                    bool even_times = false, ClockWatch clock = ClockWatch());
  ~Recorder();

  /// A step of this machine's clock, to within one batch.
  struct ClockStep {
    std::uint64_t behind;  ///< the messages received before
    std::chrono::nanoseconds by;
  };
  /// The steps since the last call.
  std::vector<ClockStep> drain_clock_steps();

  /// Waits up to `timeout` for messages and passes at most `limit` of them to `use`. Returns their
  /// number; 0 if none came or all were taken, see ended(). Throws the exception of the bus, after
  /// the messages before it, and exceptions of `use`; those messages are passed again.
  std::size_t receive(std::chrono::nanoseconds timeout, std::size_t limit,
                      const std::function<void(std::span<const Message>)>& use);

  /// Ends the receiving after the messages that the bus has now: call receive() until ended().
  void stop();
  bool ended() const { return queue_.ended(); }
  std::size_t waiting() const { return queue_.waiting(); }  ///< messages received and not taken

 private:
  void run(const std::stop_token& stop);
  std::size_t receive(std::chrono::nanoseconds timeout);
  void receive_the_rest();
  void watch_clock(std::span<Message> received);

  Bus& bus_;
  ClockWatch clock_;
  const bool even_times_;
  std::uint64_t received_ = 0;
  std::chrono::nanoseconds latest_{};  // time of the last message received
  std::mutex steps_mutex_;             // guards steps_
  std::vector<ClockStep> steps_;
  BatchQueue queue_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace can
