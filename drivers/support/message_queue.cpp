// SPDX-License-Identifier: MIT
#include "drivers/support/message_queue.h"

#include <algorithm>

#include "cansuite/wait.h"

namespace can {
namespace {

constexpr std::size_t kMaxWaiting = 100'000;

}  // namespace

void MessageQueue::push(std::span<const Message> messages) {
  if (messages.empty()) return;
  std::lock_guard lock(mutex_);
  const std::size_t waiting = messages_.size() - first_;
  const auto fitting = messages.first(std::min(messages.size(), kMaxWaiting - waiting));
  dropped_ += messages.size() - fitting.size();
  if (fitting.empty()) return;
  if (waiting == 0) waiting_.signal();
  if (first_ > messages_.size() / 2) {
    messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  messages_.insert(messages_.end(), fitting.begin(), fitting.end());
}

std::size_t MessageQueue::pop(std::span<Message> out) {
  std::lock_guard lock(mutex_);
  const std::size_t count = std::min(out.size(), messages_.size() - first_);
  const auto from = messages_.begin() + static_cast<std::ptrdiff_t>(first_);
  std::copy_n(from, count, out.begin());
  first_ += count;
  if (first_ < messages_.size()) return count;
  messages_.clear();
  first_ = 0;
  if (!ended_) waiting_.clear();
  return count;
}

std::size_t MessageQueue::receive(std::span<Message> out, std::chrono::nanoseconds timeout) {
  const Deadline deadline(timeout);
  for (;;) {
    if (const std::size_t count = pop(out)) return count;
    if (ended() || !wait_readable(descriptor(), deadline.left())) return 0;
  }
}

void MessageQueue::end() {
  std::lock_guard lock(mutex_);
  ended_ = true;
  waiting_.signal();
}

bool MessageQueue::ended() const {
  std::lock_guard lock(mutex_);
  return ended_ && messages_.empty();
}

std::uint64_t MessageQueue::dropped() const {
  std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace can
