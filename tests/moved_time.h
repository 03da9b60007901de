// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "libcan/flow/timekeeper.h"

/// A clock that only the test moves; waiting moves it, too.
class MovedTime final : public can::Timekeeper {
 public:
  /// Since the test began.
  std::chrono::nanoseconds elapsed() const { return now_ - kStart; }
  void move(std::chrono::nanoseconds by) { now_ += by; }
  void want_end() { end_wanted_ = true; }
  /// The next wait lasts longer by that, as a user wants it.
  void pause_for(std::chrono::nanoseconds time) { pause_ = time; }
  /// Somebody wants the end then, while a wait lasts.
  void want_end_at(std::chrono::nanoseconds elapsed) { end_at_ = kStart + elapsed; }

  Clock::time_point now() override { return now_; }
  bool end_wanted() override { return end_wanted_; }
  bool wait_until(Clock::time_point due) override {
    if (end_at_ && due >= *end_at_) end_wanted_ = true;
    if (end_wanted_) return false;
    now_ = std::max(now_, due + pause_);
    return true;
  }
  std::chrono::nanoseconds drain_pause() override { return std::exchange(pause_, {}); }

 private:
  static constexpr Clock::time_point kStart{std::chrono::hours(1)};
  Clock::time_point now_ = kStart;
  std::chrono::nanoseconds pause_{};
  std::optional<Clock::time_point> end_at_;
  std::atomic<bool> end_wanted_ = false;
};
