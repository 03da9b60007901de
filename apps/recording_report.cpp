// SPDX-License-Identifier: MIT
#include "apps/recording_report.h"

#include <cstdio>
#include <ratio>

#include "apps/json_text.h"
#include "apps/log_report.h"
#include "libcan/model/duration.h"
#include "libcan/platform/standard_output.h"

namespace can::cli {
namespace {

std::string filtered_text(const Recording& recording) {
  const std::uint64_t filtered = recording.filtered();
  return filtered > 0 ? fmt::format(", {} filtered", grouped(filtered)) : "";
}

}  // namespace

RecordingReport::RecordingReport(const Program& program, const Format& format, bool to_console,
                                 bool progress)
    : program_(program),
      format_(format),
      to_console_(to_console),
      losses_(format.keeps),
      progress_(progress && !program.verbosity().quiet && !to_console) {}

void RecordingReport::on_notice(const std::string& text) {
  progress_.clear();
  program_.warn(text);
}

/// With -vv, prints the progress every second, as lines for a log file.
void RecordingReport::on_second(const Recording& recording) {
  if (program_.verbosity().verbose < 2) return;
  program_.warn(fmt::format("{}, {} dropped, {} bytes written",
                            counted(recording.written(), "message"),
                            grouped(recording.lost().dropped), grouped(recording.bytes())));
}

void RecordingReport::on_round(const Recording& recording) {
  if (progress_.due())
    progress_.show(recording.written(),
                   fmt::format("{} dropped", grouped(recording.lost().dropped)));
}

void RecordingReport::finish(const Recording& recording) {
  progress_.clear();
  say_summary(recording);
  say_wear(recording);
  if (recording.unwritten() > 0)
    program_.warn(
        fmt::format("{} received and not written", counted(recording.unwritten(), "message")));
  if (const std::uint64_t malformed = recording.lost().malformed; malformed > 0)
    program_.warn(fmt::format("{} without a valid frame", counted(malformed, "packet")));
  if (!to_console_) report_losses(program_, format_, losses_);
  if (program_.json() && !to_console_) print_json(recording);
}

/// For another program, on standard output: received = written + filtered + dropped.
void RecordingReport::print_json(const Recording& recording) const {
  const std::uint64_t by_bus = recording.lost().dropped, by_disk = recording.unwritten();
  const std::chrono::duration<double> seconds = recording.duration();
  const Storage* const disk = recording.storage();
  const std::string object =
      JsonText()
          .add("received", recording.written() + recording.filtered() + by_disk + by_bus)
          .add("written", recording.written())
          .add("filtered", recording.filtered())
          .add("dropped", by_disk + by_bus)
          .add("dropped_by_bus", by_bus)
          .add("dropped_by_disk", by_disk)
          .add("malformed", recording.lost().malformed)
          .add("bytes", disk ? disk->bytes() : recording.bytes())
          .add("syncs", disk ? disk->syncs() : 0)
          .add_raw("seconds", fmt::format("{:.3f}", seconds.count()))
          .object();
  std::fprintf(standard_output_stream(), "%s\n", object.c_str());
}

void RecordingReport::keeps(const std::string& replaced, const Recording& recording) const {
  if (!replaced.empty() && recording.written() == 0)
    program_.say("not replaced, as no message came: " + replaced);
}

void RecordingReport::say_summary(const Recording& recording) {
  const std::uint64_t dropped = recording.lost().dropped + recording.unwritten();
  const std::string summary =
      fmt::format("{} in {}, {} dropped{}", counted(recording.written(), "message"),
                  to_text(recording.duration()), grouped(dropped), filtered_text(recording));
  if (dropped > 0)
    program_.warn(summary);
  else if (to_console_)
    program_.say_verbose(summary);
  else
    program_.say(summary);
}

/// What a flash disk wears by. Of less than a minute, for who asks.
void RecordingReport::say_wear(const Recording& recording) const {
  if (!recording.storage()) return;
  const double hours =
      std::chrono::duration<double, std::ratio<3600>>(recording.duration()).count();
  const auto an_hour = [hours](std::uint64_t number) {
    return grouped(static_cast<std::uint64_t>(static_cast<double>(number) / hours + 0.5));
  };
  const std::string text =
      fmt::format("to the disk: {} bytes and {} syncs an hour",
                  an_hour(recording.storage()->bytes()), an_hour(recording.storage()->syncs()));
  if (recording.duration() >= std::chrono::minutes(1))
    program_.say(text);
  else
    program_.say_verbose(text);
}

}  // namespace can::cli
