// SPDX-License-Identifier: MIT
#include "cansuite/pacer.h"

#include <algorithm>

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
    last_due_ = now;
    return turn;
  }
  advance(timestamp, turn);
  check_lateness(now - *last_due_, turn);
  turn.due = *last_due_;
  return turn;
}

void Pacer::advance(nanoseconds timestamp, Turn& turn) {
  if (!pace_.ignore_timestamps) {
    if (timestamp >= latest_)
      turn.pause = difference(timestamp, latest_);
    else if (const auto back = difference(latest_, timestamp); back > kDisorder)
      turn.stepped_back = back;
  }
  if (timestamp > latest_ || turn.stepped_back > 0ns) latest_ = timestamp;
  turn.wait = std::max(std::min(turn.pause, pace_.skip), pace_.gap);
  turn.wait = std::min<nanoseconds>(turn.wait, Clock::time_point::max() - *last_due_);
  *last_due_ += turn.wait;
}

void Pacer::check_lateness(nanoseconds late, Turn& turn) {
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
