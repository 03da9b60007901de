// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>

namespace can {

/// Tells when each message of a log is due in a replay. Works on absolute times only, so that
/// nothing adds up: a message that goes out late doesn't delay the ones behind it.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;
  using nanoseconds = std::chrono::nanoseconds;

  struct Pace {
    nanoseconds gap{0};                 ///< at least this between two messages
    nanoseconds skip{nanoseconds::max()};  ///< a longer pause in the log becomes this long
    bool ignore_timestamps = false;     ///< only the gap counts
  };

  explicit Pacer(Pace pace) : pace_(pace) {}

  /// When the message with this timestamp is due; the first one at `now`. A timestamp that goes
  /// back is due at once.
  Clock::time_point due(nanoseconds timestamp, Clock::time_point now);

 private:
  Pace pace_;
  std::optional<Clock::time_point> last_due_;
  nanoseconds latest_{};  // of the timestamps so far
};

}  // namespace can
