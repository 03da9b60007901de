// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>

namespace can {

/// How long before a deadline a sleeping thread has to be woken to be there in time: it spins for
/// the rest. For one thread, whose timers the constructor makes as exact as the kernel can
/// (PR_SET_TIMERSLACK).
class PreciseSleep {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  /// `spin`: the time to spin; empty: what this machine needs, as it turns out.
  explicit PreciseSleep(std::optional<nanoseconds> spin = {});

  nanoseconds lead() const { return lead_; }  ///< to be woken before the deadline
  void woke(nanoseconds late);                ///< the kernel woke the thread so late

 private:
  bool fixed_;
  nanoseconds lead_;
};

}  // namespace can
