// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace can {

/// The clock of a replay or a recording, and the request to end it. The programs implement it with
/// the system's clock and signals, tests with a clock that they move. Used by one thread.
class Timekeeper {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~Timekeeper() = default;
  virtual Clock::time_point now() = 0;
  /// Whether the end was requested. Once true, always true.
  virtual bool end_wanted() = 0;
  /// Waits until `due`, to within microseconds. False, at once, when the end was requested.
  virtual bool wait_until(Clock::time_point due) = 0;
  /// For how long a user made wait_until() wait longer since the last call.
  virtual std::chrono::nanoseconds drain_pause() { return {}; }
};

/// A chore of a long run, done at most once a period.
class Chore {
 public:
  using Clock = Timekeeper::Clock;

  /// Due for the first time one period after `start`.
  Chore(std::chrono::nanoseconds period, Clock::time_point start) : period_(period), done_(start) {}

  /// Whether the chore is due; counts as done then.
  bool due(Clock::time_point now) {
    if (now - done_ < period_) return false;
    done_ = now;
    return true;
  }

 private:
  std::chrono::nanoseconds period_;
  Clock::time_point done_;
};

}  // namespace can
