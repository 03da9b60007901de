// SPDX-License-Identifier: MIT
#include "libcan/fleet/batcher.h"

#include <utility>

namespace can::fleet {

void Batcher::add(std::span<const Message>& messages, std::chrono::nanoseconds patience) {
  std::unique_lock lock(mutex_);
  const auto room = [this] { return full_.size() < kWaiting; };
  while (!messages.empty() && taken_.wait_for(lock, patience, room)) {
    if (filling_->frames() == 0) {
      since_ = Clock::now();
      filled_.notify_one();  // its age counts from now
    }
    messages = messages.subspan(filling_->add(messages));
    if (filling_->full()) put_away();
  }
}

void Batcher::put_away() {
  full_.push_back(std::move(filling_));
  if (unused_.empty()) {
    filling_ = std::make_unique<canb::Encoder>();
  } else {
    filling_ = std::move(unused_.back());
    unused_.pop_back();
  }
  filled_.notify_one();
}

std::unique_ptr<canb::Encoder> Batcher::take() {
  std::unique_lock lock(mutex_);
  while (full_.empty()) {
    const bool some = filling_->frames() > 0;
    if (some && (finished_ || Clock::now() >= since_ + age_))
      put_away();
    else if (some)
      filled_.wait_until(lock, since_ + age_);
    else if (finished_)
      return nullptr;
    else
      filled_.wait(lock);
  }
  auto batch = std::move(full_.front());
  full_.pop_front();
  taken_.notify_one();
  return batch;
}

void Batcher::reuse(std::unique_ptr<canb::Encoder> encoder) {
  std::lock_guard lock(mutex_);
  unused_.push_back(std::move(encoder));
}

void Batcher::finish() {
  std::lock_guard lock(mutex_);
  finished_ = true;
  filled_.notify_one();
}

}  // namespace can::fleet
