// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace can {

/// How a number went over a time of unknown length, in at most kIntervals equal intervals.
class Trend {
 public:
  using nanoseconds = std::chrono::nanoseconds;
  static constexpr std::size_t kIntervals = 128;

  struct Interval {
    double least = 0, most = 0;
    std::uint64_t count = 0;  ///< values; 0: least and most mean nothing
  };

  /// `time` since the start, not negative. `value` is a number.
  void add(nanoseconds time, double value);

  nanoseconds width() const { return width_; }  ///< of an interval
  /// Up to the last one that has a value.
  std::span<const Interval> intervals() const { return intervals_; }
  std::uint64_t count() const { return count_; }
  double least() const { return least_; }  ///< of all values
  double most() const { return most_; }

 private:
  void widen();

  nanoseconds width_ = std::chrono::milliseconds(10);
  std::vector<Interval> intervals_;
  std::uint64_t count_ = 0;
  double least_ = 0, most_ = 0;
};

}  // namespace can
