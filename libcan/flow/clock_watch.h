// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <span>

#include "cansuite/message.h"

namespace can {

/// Finds the steps of this machine's clock: by NTP or GPS at a late start, by a user. A clock that
/// is slewed makes no steps, a sleep of the machine is none. Used by one thread.
class ClockWatch {
 public:
  /// The two clocks at one moment, since any fixed time.
  struct Reading {
    std::chrono::nanoseconds wall;  ///< the clock that may be set, which stamps the messages
    std::chrono::nanoseconds even;  ///< one that runs on evenly, also while the machine sleeps
  };
  /// Reads both clocks; tests have their own.
  using Clocks = std::function<Reading()>;

  explicit ClockWatch(Clocks clocks = system_clocks);

  /// The step since the last call, positive forward; 0: none of at least 10 ms.
  std::chrono::nanoseconds check();

  /// Takes the steps so far out of the times of messages that were just received, after check().
  void make_even(std::span<Message> messages) const;

  static Reading system_clocks();

 private:
  bool is_older(std::chrono::nanoseconds wall) const;

  const Clocks clocks_;
  Reading last_;
  Reading stepped_{};                      // at the last step
  std::chrono::nanoseconds step_{};        // the last step
  std::chrono::nanoseconds stepped_by_{};  // all steps together
};

}  // namespace can
