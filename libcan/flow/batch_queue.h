// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <span>

#include "cansuite/message.h"

namespace can {

/// A ring of messages between a producer thread and a consumer thread, in order and without copies:
/// the producer fills free places, the consumer reads filled ones. Memory: at most `capacity` x 88
/// bytes. A full queue makes the producer wait; it drops nothing.
///
/// reserve, commit and finish belong to the producer's thread; wait, release and cancel to the
/// consumer's. cancel may also come from a third.
class BatchQueue {
 public:
  /// `capacity`: messages. `batch`: the most that reserve() and wait() hand out at once.
  /// `worth_waking`, less than `capacity`: messages for which a waiting consumer is woken. 1:
  /// lowest latency; larger: fewer wake-ups, more latency.
  BatchQueue(std::size_t capacity, std::size_t batch, std::size_t worth_waking = 1);

  /// Waits for free places; returns 1 to `batch` of them, none after cancel().
  std::span<Message> reserve();
  /// Passes on the first `count` of the places last reserved, filled.
  void commit(std::size_t count);
  /// Announces a pause of unknown length: wakes the consumer for the waiting messages; one wait()
  /// after these returns none.
  void pause();
  /// Ends the messages. The wait() after the last message throws `failure`.
  void finish(std::exception_ptr failure = nullptr);

  /// Waits up to `timeout` for messages; empty if none came, and once after each pause(). See
  /// ended().
  std::span<const Message> wait(std::chrono::nanoseconds timeout);
  /// The number of messages that wait.
  std::size_t waiting() const;
  /// Frees the first `count` places of those that wait() returned last.
  void release(std::size_t count);
  /// Whether the producer has finished and everything was taken, its failure included.
  bool ended() const;
  /// Ends the waiting of both threads; the consumer reads no more messages.
  void cancel();

 private:
  void go_back(std::size_t count);
  std::size_t places_to_end(std::size_t at) const { return capacity_ - at % capacity_; }

  const std::size_t capacity_, batch_, worth_waking_;
  struct Free {
    void operator()(Message* messages) const { std::free(messages); }
  };
  std::unique_ptr<Message[], Free> ring_;
  mutable std::mutex mutex_;
  std::condition_variable filled_, freed_;
  std::size_t head_ = 0, tail_ = 0;  // messages committed and released since it was last empty
  bool finished_ = false, cancelled_ = false, paused_ = false;
  bool consumer_waits_ = false, producer_waits_ = false;
  std::exception_ptr failure_;
};

}  // namespace can
