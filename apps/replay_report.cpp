// SPDX-License-Identifier: MIT
#include "apps/replay_report.h"

#include "apps/json_text.h"
#include "libcan/model/duration.h"

namespace can::cli {

using namespace std::chrono_literals;

namespace {

/// ", late by 3 us at the median, 12 us at 99 %, at most 80 us; 0 over 1 ms".
std::string lateness_text(const Lateness& lateness) {
  if (lateness.count() == 0) return {};
  return fmt::format(", late by {} at the median, {} at 99 %, at most {}; {} over 1 ms",
                     to_text(lateness.percentile(0.5)), to_text(lateness.percentile(0.99)),
                     to_text(lateness.max()), grouped(lateness.over_a_millisecond()));
}

/// "2 % of 600 s, 588 s left, "; at first only the position.
std::string position_text(std::chrono::nanoseconds position,
                          std::optional<std::chrono::nanoseconds> length) {
  if (!length) return {};
  const std::chrono::duration<double> done = position, all = std::max(position, *length);
  return fmt::format("{:.0f} % of {:.0f} s, {:.0f} s left, ",
                     all.count() > 0 ? 100 * done.count() / all.count() : 100.0, all.count(),
                     (all - done).count());
}

std::string json_of(const Lateness& lateness) {
  return JsonText()
      .add("count", lateness.count())
      .add("p50", std::int64_t{lateness.percentile(0.5).count()})
      .add("p99", std::int64_t{lateness.percentile(0.99).count()})
      .add("max", std::int64_t{lateness.max().count()})
      .add("over_1ms", lateness.over_a_millisecond())
      .object();
}

}  // namespace

void print_as_json(const ReplayCounts& counts, std::uint64_t unpublished) {
  fmt::print("{}\n", JsonText()
                         .add("sent", counts.sent)
                         .add("error_frames", counts.error_frames)
                         .add("unmapped", counts.unmapped)
                         .add("overdue", counts.overdue)
                         .add("unsendable", counts.left_out.unsendable)
                         .add("no_room", counts.left_out.no_room)
                         .add("unpublished", unpublished)
                         .add_raw("lateness", json_of(counts.lateness))
                         .object());
}

ReplayReport::ReplayReport(const Program& program)
    : program_(program),
      progress_(!program.verbosity().quiet && program.verbosity().verbose == 0) {}

void ReplayReport::show_length(Forecast::Plan plan) {
  if (progress_.wanted()) forecast_.emplace(std::move(plan));
}

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

void ReplayReport::finish(const ReplayCounts& counts, std::uint64_t unpublished) {
  progress_.clear();
  say_left_out(counts);
  if (unpublished > 0)
    program_.warn(
        fmt::format("{} not published: the spool lost them", counted(unpublished, "sent message")));
  if (counts.steps_back > 1)
    program_.say(fmt::format("the log's clock stepped back {} times", grouped(counts.steps_back)));
  if (counts.shifts > 1)
    program_.say(fmt::format("late {} times, by {} in all", grouped(counts.shifts),
                             to_text(counts.shifted)));
  program_.say_verbose(
      fmt::format("{} sent{}", counted(counts.sent, "message"), lateness_text(counts.lateness)));
}

void ReplayReport::on_sent(const ReplayCounts& counts) {
  if (!progress_.due()) return;
  const auto length = forecast_ ? forecast_->length() : std::nullopt;
  progress_.show(counts.sent, fmt::format("{}late: {}", position_text(counts.position, length),
                                          to_text(counts.lateness.percentile(0.5))));
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
  if (counts.left_out.unsendable > 0)
    program_.warn(fmt::format("{} not sent: the bus can't have them",
                              counted(counts.left_out.unsendable, "message")));
  if (counts.left_out.no_room > 0)
    program_.warn(fmt::format("{} not sent: the bus took no more messages",
                              counted(counts.left_out.no_room, "message")));
  if (counts.overdue > 0)
    program_.warn(
        fmt::format("{} not sent: too late, see --on-late", counted(counts.overdue, "message")));
}

}  // namespace can::cli
