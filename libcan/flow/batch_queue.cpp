// SPDX-License-Identifier: MIT
#include "libcan/flow/batch_queue.h"

#include <algorithm>
#include <new>
#include <utility>

namespace can {
namespace {

constexpr std::size_t kNear = 16;  // batches; the ring is reused from the start up to here

}  // namespace

// calloc, not new: a page of the ring costs time and memory only when a message is written to it.
BatchQueue::BatchQueue(std::size_t capacity, std::size_t batch, std::size_t worth_waking)
    : capacity_(capacity),
      batch_(batch),
      worth_waking_(worth_waking),
      ring_(static_cast<Message*>(std::calloc(capacity, sizeof(Message)))) {
  if (!ring_) throw std::bad_alloc();
}

std::span<Message> BatchQueue::reserve() {
  std::unique_lock lock(mutex_);
  producer_waits_ = true;
  freed_.wait(lock, [this] { return cancelled_ || head_ - tail_ < capacity_; });
  producer_waits_ = false;
  if (cancelled_) return {};
  if (head_ == tail_) head_ = tail_ = 0;  // the used part stays small, and in the cache
  const std::size_t room = capacity_ - (head_ - tail_);
  return {&ring_[head_ % capacity_], std::min({room, places_to_end(head_), batch_})};
}

void BatchQueue::commit(std::size_t count) {
  if (count == 0) return;
  std::lock_guard lock(mutex_);
  if (head_ == tail_ && head_ >= kNear * batch_) go_back(count);
  head_ += count;
  if (consumer_waits_ && head_ - tail_ >= worth_waking_) filled_.notify_one();
}

/// Moves to the start of the ring, with the first of the places last reserved, which the consumer
/// doesn't know yet. reserve() alone may never find the queue empty, though the consumer does.
void BatchQueue::go_back(std::size_t count) {
  const Message* const messages = &ring_[head_ % capacity_];
  std::copy(messages, messages + count, &ring_[0]);
  head_ = tail_ = 0;
}

void BatchQueue::pause() {
  std::lock_guard lock(mutex_);
  paused_ = true;
  if (consumer_waits_) filled_.notify_one();
}

void BatchQueue::finish(std::exception_ptr failure) {
  std::lock_guard lock(mutex_);
  finished_ = true;
  failure_ = std::move(failure);
  filled_.notify_one();
}

std::span<const Message> BatchQueue::wait(std::chrono::nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  consumer_waits_ = true;
  const auto ready = [this] { return finished_ || cancelled_ || paused_ || head_ != tail_; };
  if (timeout == timeout.max())
    filled_.wait(lock, ready);
  else
    filled_.wait_for(lock, timeout, ready);
  consumer_waits_ = false;
  if (head_ == tail_) {
    paused_ = false;
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return {};
  }
  return {&ring_[tail_ % capacity_], std::min({head_ - tail_, places_to_end(tail_), batch_})};
}

std::size_t BatchQueue::waiting() const {
  std::lock_guard lock(mutex_);
  return head_ - tail_;
}

void BatchQueue::release(std::size_t count) {
  std::lock_guard lock(mutex_);
  tail_ += count;
  // Waking the producer for every batch would make both threads run in step; half a ring is enough.
  if (producer_waits_ && head_ - tail_ <= capacity_ / 2) freed_.notify_one();
}

bool BatchQueue::ended() const {
  std::lock_guard lock(mutex_);
  return finished_ && !failure_ && head_ == tail_;
}

void BatchQueue::cancel() {
  std::lock_guard lock(mutex_);
  cancelled_ = true;
  freed_.notify_one();
  filled_.notify_one();
}

}  // namespace can
