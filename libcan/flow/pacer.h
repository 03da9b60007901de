// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>

namespace can {

/// What becomes of messages that are overdue because the program was stopped, the machine slept or
/// the bus takes less than the log has.
enum class OnLate {
  shift,  ///< they, and all behind them, are sent that much later, with their pauses
  burst,  ///< they are sent at once, until the replay is in time again
  drop,   ///< they are left out
};

/// Tells when each message of a log is due in a replay. Works on absolute times only, so that
/// nothing adds up: a message that goes out a little late doesn't delay the ones behind it. Looks
/// at no clock. One thread uses it at a time.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;
  using nanoseconds = std::chrono::nanoseconds;

  struct Pace {
    nanoseconds gap{0};                    ///< at least this between two messages
    nanoseconds skip{nanoseconds::max()};  ///< a longer pause in the log becomes this long
    bool ignore_timestamps = false;        ///< only the gap counts
    OnLate on_late = OnLate::shift;
  };

  /// What is to be done with one message, and what the user may want to know of it.
  struct Turn {
    Clock::time_point due;
    bool drop = false;            ///< leave it out: see OnLate::drop
    nanoseconds shifted{0};       ///< all from here on are so much later than the log has them
    nanoseconds wait{0};          ///< between the message before and this one
    nanoseconds pause{0};         ///< the same as the log has it
    nanoseconds stepped_back{0};  ///< the log's clock did, by so much
  };

  explicit Pacer(Pace pace) : pace_(pace) {}

  /// The next message, with this timestamp; the first one is due at `now`.
  ///
  /// A timestamp before those that were: by at most a tenth of a second, messages of several
  /// channels came in disorder, and it is due at once. By more, the clock was set back, and the
  /// pauses count from there on. A message is overdue when it is late by more than a tenth of a
  /// second.
  Turn next(nanoseconds timestamp, Clock::time_point now);

 private:
  void advance(nanoseconds timestamp, Turn& turn);
  void check_lateness(nanoseconds late, Turn& turn);

  Pace pace_;
  std::optional<Clock::time_point> last_due_;
  nanoseconds latest_{};  // of the timestamps since the clock was last set back
};

}  // namespace can
