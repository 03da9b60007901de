// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace can {

/// The handling of overdue messages, after the program was stopped, the machine slept or the bus
/// was slower than the log.
enum class OnLate {
  shift,  ///< all further messages are sent later by the lateness, with their pauses
  burst,  ///< overdue messages are sent at once, until the replay is on time again
  drop,   ///< overdue messages are not sent
};

/// Calculates when each message of a log is due in a replay, in absolute times, so that a late
/// message doesn't delay the following ones. Reads no clock. Used by one thread at a time.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;       ///< of the times when messages are due
  using nanoseconds = std::chrono::nanoseconds;  ///< of the times in the log

  /// The settings of a replay.
  struct Pace {
    nanoseconds gap{0};                    ///< minimum time between two messages
    nanoseconds skip{nanoseconds::max()};  ///< longer pauses of the log are shortened to this
    bool ignore_timestamps = false;        ///< only the gap counts
    OnLate on_late = OnLate::shift;        ///< what happens to overdue messages
    std::uint32_t speed = 1000;  ///< 1/1000 of the log's, at least 1: 2000 is twice as fast
    nanoseconds max_age{nanoseconds::max()};  ///< a message that is later is not sent
  };

  /// The decision about one message, and the facts for reports.
  struct Turn {
    Clock::time_point due;        ///< when to send the message
    bool drop = false;            ///< don't send the message: see OnLate::drop and max_age
    nanoseconds shifted{0};       ///< delay of this and all further messages by OnLate::shift
    nanoseconds wait{0};          ///< since the message before, in the replay
    nanoseconds pause{0};         ///< since the message before, in the log
    nanoseconds stepped_back{0};  ///< step back of the log's clock; 0: none
  };

  /// A replay that has not begun.
  explicit Pacer(Pace pace) : pace_(pace) {}

  /// Decides about the next message, which has this timestamp. The first message is due at `now`.
  ///
  /// A timestamp earlier than the latest by at most a tenth of a second means disorder between
  /// channels: the message is due at once. A larger step means that the clock was set back: pauses
  /// are counted from this message on. A message late by more than a tenth of a second is overdue.
  Turn next(nanoseconds timestamp, Clock::time_point now);

  /// Sets when the first message is due, if not at once.
  void start_at(Clock::time_point start) { start_ = start; }

  /// The log begins again: its first message is due behind the last one, after the mean pause
  /// between its messages, or the gap where that is longer.
  void begin_again();

  /// Delays this and all further messages, as after a pause that a user wanted.
  void postpone(nanoseconds time);

  /// How far the replay has come: the sum of all waits so far, without delays.
  nanoseconds position() const { return position_; }

 private:
  void advance(nanoseconds timestamp, Turn& turn);
  nanoseconds at_speed(nanoseconds pause);
  nanoseconds next_pause(nanoseconds timestamp, Turn& turn);
  void check_lateness(nanoseconds late, Turn& turn);

  Pace pace_;
  std::optional<Clock::time_point> start_, last_due_;
  nanoseconds latest_{};     // of the timestamps since the clock was last set back
  std::int64_t rest_ = 0;    // of the divisions by the speed, so that no error adds up
  nanoseconds position_{};   // at most the longest duration
  nanoseconds played_{};     // waits since the log began
  std::uint64_t count_ = 0;  // of these waits
  std::optional<nanoseconds> pause_before_;  // of the first message of a log that begins again
};

}  // namespace can
