// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <span>

#include "libcan/model/message.h"

namespace can {

/// Hands messages from one thread to one other, in order and without copying: the producer fills
/// free places of a ring, the consumer looks at filled ones. Memory is fixed at `capacity` x 88
/// bytes. A full queue makes the producer wait: nothing is ever dropped here.
///
/// reserve, commit and finish belong to the producer's thread; wait, release and cancel to the
/// consumer's. cancel may also come from a third.
class BatchQueue {
 public:
  /// `capacity` in messages. `batch` is the most that reserve() and wait() hand out at once. A
  /// consumer that waits is woken for `worth_waking` messages, less than `capacity`: waking it for
  /// each batch costs throughput, waking it for many at once costs them time.
  BatchQueue(std::size_t capacity, std::size_t batch, std::size_t worth_waking = 1);

  /// Waits for free places and returns at least one, at most `batch`; none after cancel().
  std::span<Message> reserve();
  /// The first `count` of the places last reserved hold messages now.
  void commit(std::size_t count);
  /// Nothing may come for a while: the consumer is woken for what there is and, once it has taken
  /// all, by a wait() that returns nothing.
  void pause();
  /// Nothing more will come. With `failure`, the consumer's wait() throws it once all is taken.
  void finish(std::exception_ptr failure = nullptr);

  /// Waits up to `timeout` for messages; empty when none came, and once after each pause(). See
  /// ended().
  std::span<const Message> wait(std::chrono::nanoseconds timeout);
  /// The first `count` of the messages last seen are done with.
  void release(std::size_t count);
  /// True when the producer has finished and everything was taken, its failure included.
  bool ended() const;
  /// Ends the producer's waiting: the consumer is gone.
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
