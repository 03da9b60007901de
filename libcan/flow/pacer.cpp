// SPDX-License-Identifier: MIT
#include "cansuite/pacer.h"

#include <algorithm>
#include <utility>

namespace can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// NTP daemons slew a clock that is wrong by less than an eighth of a second, and step it otherwise.
constexpr auto kDisorder = 100ms;
constexpr auto kOverdue = 100ms;

/// later - earlier, limited to the longest duration.
nanoseconds difference(nanoseconds later, nanoseconds earlier) {
  nanoseconds::rep result = 0;
  if (__builtin_sub_overflow(later.count(), earlier.count(), &result)) return nanoseconds::max();
  return nanoseconds(result);
}

}  // namespace

Pacer::Turn Pacer::next(nanoseconds timestamp, Clock::time_point now) {
  Turn turn{.due = now};
  if (!last_due_) {
    latest_ = timestamp;
    last_due_ = turn.due = start_.value_or(now);
    return turn;
  }
  advance(timestamp, turn);
  check_lateness(now - *last_due_, turn);
  turn.due = *last_due_;
  return turn;
}

void Pacer::begin_again() {
  pause_before_ = count_ == 0 ? 0ns : played_ / static_cast<std::int64_t>(count_);
  played_ = {};
  count_ = 0;
}

void Pacer::postpone(nanoseconds time) {
  if (last_due_) *last_due_ += time;
}

void Pacer::advance(nanoseconds timestamp, Turn& turn) {
  const bool begins = pause_before_.has_value();
  turn.wait = std::max(next_pause(timestamp, turn), pace_.gap);
  turn.wait = std::min<nanoseconds>(turn.wait, Clock::time_point::max() - *last_due_);
  *last_due_ += turn.wait;
  position_ += std::min<nanoseconds>(turn.wait, nanoseconds::max() - position_);
  if (begins) return;
  played_ += turn.wait;
  ++count_;
}

/// Until the message is due, as the log and the pace say.
nanoseconds Pacer::next_pause(nanoseconds timestamp, Turn& turn) {
  if (pause_before_) {
    latest_ = timestamp;
    return *std::exchange(pause_before_, std::nullopt);
  }
  if (!pace_.ignore_timestamps) {
    if (timestamp >= latest_)
      turn.pause = difference(timestamp, latest_);
    else if (const auto back = difference(latest_, timestamp); back > kDisorder)
      turn.stepped_back = back;
  }
  if (timestamp > latest_ || turn.stepped_back > 0ns) latest_ = timestamp;
  return at_speed(std::min(turn.pause, pace_.skip));
}

nanoseconds Pacer::at_speed(nanoseconds pause) {
  constexpr std::int64_t kNormal = 1000;
  const std::int64_t speed = pace_.speed;
  std::int64_t scaled = 0;
  if (__builtin_mul_overflow(pause.count(), kNormal, &scaled) ||
      __builtin_add_overflow(scaled, rest_, &scaled)) {
    const std::int64_t units = pause.count() / speed;  // a century: a rest is nothing
    return units > INT64_MAX / kNormal ? nanoseconds::max() : nanoseconds(units * kNormal);
  }
  rest_ = scaled % speed;
  return nanoseconds(scaled / speed);
}

void Pacer::check_lateness(nanoseconds late, Turn& turn) {
  if (late > pace_.max_age && !pace_.ignore_timestamps) {
    turn.drop = true;
    return;
  }
  if (late <= kOverdue || pace_.on_late == OnLate::burst) return;
  // With the gap alone, pauses count from message to message: no message is late.
  if (pace_.on_late == OnLate::drop && !pace_.ignore_timestamps) {
    turn.drop = true;
    return;
  }
  *last_due_ += late;
  if (!pace_.ignore_timestamps) turn.shifted = late;
}

}  // namespace can
