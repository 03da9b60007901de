// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace can {

/// When waiting ends: `timeout` from now, or never with nanoseconds::max(). A negative timeout has
/// passed.
class Deadline {
 public:
  /// `timeout` from now.
  explicit Deadline(std::chrono::nanoseconds timeout);

  std::chrono::nanoseconds left() const;  ///< 0 once it has passed, max() when it never does
  bool passed() const { return left().count() == 0; }  ///< whether waiting has ended
  std::chrono::steady_clock::time_point time_point() const { return end_; }  ///< max(): never

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point end_;
};

/// Waits until `descriptor` is readable (or has an error). Returns and throws as wait_for().
bool wait_readable(int descriptor, std::chrono::nanoseconds timeout);

/// Waits until one of the poll(2) `events` (or an error) is there for `descriptor`. False when
/// `timeout` passed first or a signal came. A negative timeout doesn't wait, nanoseconds::max()
/// waits for ever. Throws Errc::io.
bool wait_for(int descriptor, short events, std::chrono::nanoseconds timeout);

}  // namespace can
