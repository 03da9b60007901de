// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>

namespace can::fleet {

/// Pauses between attempts, each up to twice as long as the one before. A part of each is random:
/// thousands of vehicles don't come back at the same time.
class Backoff {
 public:
  Backoff(std::chrono::nanoseconds first, std::chrono::nanoseconds longest)
      : first_(first), longest_(longest), next_(first) {}

  /// The next pause, from half the due one to all of it; `random` is from 0 to below 1.
  std::chrono::nanoseconds next(double random) {
    const auto due = next_;
    next_ = std::min(due * 2, longest_);
    return due / 2 + std::chrono::nanoseconds(
                         static_cast<std::int64_t>(static_cast<double>(due.count() / 2) * random));
  }
  void reset() { next_ = first_; }

 private:
  std::chrono::nanoseconds first_, longest_, next_;
};

}  // namespace can::fleet
