// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace can {

/// Counts how late each message of a replay was, in classes of at most 1/16 of their value, so that
/// a percentile is right to 7 %. Of constant size; for one thread.
class Lateness {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  void add(nanoseconds late);  ///< a negative value counts as 0

  std::uint64_t count() const { return count_; }
  nanoseconds max() const { return max_; }
  /// How many were later than a millisecond.
  std::uint64_t over_a_millisecond() const { return over_; }
  /// The lateness that `share` of the messages (0 to 1) did not exceed; 0 without messages.
  nanoseconds percentile(double share) const;

 private:
  static constexpr unsigned kFine = 4;  // bits behind the first one of a value that tell its class
  static constexpr std::size_t kClasses = (64 - kFine) << kFine;

  std::array<std::uint64_t, kClasses> classes_{};
  std::uint64_t count_ = 0, over_ = 0;
  nanoseconds max_{};
};

}  // namespace can
