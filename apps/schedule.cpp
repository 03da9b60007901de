// SPDX-License-Identifier: MIT
#include "apps/schedule.h"

#include "apps/console.h"
#include "libcan/model/duration.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongWait = 1min;  // who waits so long wants to know what for

}  // namespace

Pacer::Turn Schedule::next(std::chrono::nanoseconds timestamp) {
  const Pacer::Turn turn = pacer_.next(timestamp, Clock::now());
  if (turn.drop) ++dropped_;
  if (turn.shifted > 0ns || turn.stepped_back > 0ns || turn.wait >= kLongWait) tell(turn);
  return turn;
}

void Schedule::tell(const Pacer::Turn& turn) {
  if (turn.wait >= kLongWait && !turn.drop)
    program_.say(turn.wait < turn.pause
                     ? fmt::format("the log pauses for {}; waiting for {}, see --skip",
                                   to_text(turn.pause), to_text(turn.wait))
                     : fmt::format("waiting for {}; --skip cuts pauses", to_text(turn.wait)));
  if (turn.stepped_back > 0ns && ++steps_back_ == 1)
    program_.say(fmt::format("the log's clock steps back by {}; its pauses count from there",
                             to_text(turn.stepped_back)));
  if (turn.shifted == 0ns) return;
  shifted_ += turn.shifted;
  if (++shifts_ == 1)
    program_.say(
        fmt::format("late by {}: all messages from here on are sent that much later, see "
                    "--on-late",
                    to_text(turn.shifted)));
}

void Schedule::report() const {
  if (steps_back_ > 1)
    program_.say(fmt::format("the log's clock stepped back {} times", grouped(steps_back_)));
  if (shifts_ > 1)
    program_.say(fmt::format("late {} times, the last messages by {} in all", grouped(shifts_),
                             to_text(shifted_)));
  if (dropped_ > 0)
    program_.warn(fmt::format("{} left out: their time had passed", counted(dropped_, "message")));
}

}  // namespace can::cli
