// SPDX-License-Identifier: MIT
#include "apps/replay_report.h"

#include "libcan/model/duration.h"

namespace can::cli {

using namespace std::chrono_literals;

ReplayReport::ReplayReport(const Program& program)
    : program_(program),
      progress_(!program.verbosity().quiet && program.verbosity().verbose == 0) {}

void ReplayReport::on_turn(const Pacer::Turn& turn, const ReplayCounts& counts) {
  if (turn.wait >= Replay::kLongWait && !turn.drop) say_wait(turn);
  if (turn.stepped_back > 0ns && counts.steps_back == 1)
    program_.say(fmt::format("the log's clock steps back by {}; pauses are counted from there",
                             to_text(turn.stepped_back)));
  if (turn.shifted > 0ns && counts.shifts == 1)
    program_.say(
        fmt::format("late by {}: all further messages are sent later by that time, see --on-late",
                    to_text(turn.shifted)));
}

void ReplayReport::on_notice(const std::string& text) {
  progress_.clear();
  program_.say(text);
}

void ReplayReport::finish(const ReplayCounts& counts) {
  progress_.clear();
  say_left_out(counts);
  if (counts.steps_back > 1)
    program_.say(fmt::format("the log's clock stepped back {} times", grouped(counts.steps_back)));
  if (counts.shifts > 1)
    program_.say(fmt::format("late {} times, by {} in all", grouped(counts.shifts),
                             to_text(counts.shifted)));
  program_.say_verbose(fmt::format("{} sent, at most {} late", counted(counts.sent, "message"),
                                   to_text(counts.latest)));
}

void ReplayReport::say_wait(const Pacer::Turn& turn) {
  program_.say(turn.wait < turn.pause
                   ? fmt::format("the log pauses for {}; waiting for {}, see --skip",
                                 to_text(turn.pause), to_text(turn.wait))
                   : fmt::format("waiting for {}; --skip shortens pauses", to_text(turn.wait)));
}

void ReplayReport::say_left_out(const ReplayCounts& counts) {
  if (counts.error_frames > 0)
    program_.say(fmt::format("{} not sent; --error-frames sends them",
                             counted(counts.error_frames, "error frame")));
  if (counts.unmapped > 0)
    program_.say(fmt::format("{} not sent: --map doesn't name the channel",
                             counted(counts.unmapped, "message")));
  if (counts.overdue > 0)
    program_.warn(
        fmt::format("{} not sent: too late, see --on-late", counted(counts.overdue, "message")));
}

}  // namespace can::cli
