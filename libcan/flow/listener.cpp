// SPDX-License-Identifier: MIT
#include "libcan/flow/listener.h"

namespace can {

std::optional<Message> BufferedReader::get(std::chrono::nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, timeout, [this] { return stopped_ || !messages_.empty(); });
  if (messages_.empty()) return std::nullopt;
  const Message oldest = messages_.front();
  messages_.pop_front();
  return oldest;
}

std::uint64_t BufferedReader::dropped() const {
  std::lock_guard lock(mutex_);
  return dropped_;
}

void BufferedReader::on_messages(std::span<const Message> messages) {
  std::lock_guard lock(mutex_);
  for (const Message& message : messages) {
    if (messages_.size() == capacity_) {
      messages_.pop_front();
      ++dropped_;
    }
    messages_.push_back(message);
  }
  arrived_.notify_all();
}

void BufferedReader::stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  arrived_.notify_all();
}

}  // namespace can
