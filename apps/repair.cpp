// SPDX-License-Identifier: MIT
#include "apps/repair.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "apps/console.h"
#include "apps/log_report.h"
#include "formats/registry/outputs.h"
#include "formats/registry/part_name.h"
#include "formats/registry/registry.h"
#include "libcan/model/fail.h"

namespace can::cli {
namespace {

constexpr std::size_t kBatch = 1024;

struct Remark {
  std::chrono::nanoseconds time;
  std::string text;
};

/// What the log holds besides frames.
struct Events {
  std::vector<Remark> remarks;  // read, and not written yet
  std::uint64_t unwritable = 0;

  void add(const LogEvent& event) {
    if (event.remark.empty())
      ++unwritable;
    else
      remarks.push_back({event.time, event.remark});
  }
};

void refuse_existing(const std::string& path, bool force) {
  std::error_code ignored;
  if (force || !std::filesystem::is_regular_file(path, ignored) ||
      std::filesystem::file_size(path, ignored) == 0)
    return;
  fail(Errc::invalid, "{}: exists; --force replaces it", path);
}

/// Writes the messages, and the remarks before each.
void write(LogWriter& log, std::span<const Message> messages, Events& events) {
  for (const Remark& remark : std::exchange(events.remarks, {})) {
    const auto later = std::ranges::find_if(
        messages, [&](const Message& message) { return message.timestamp > remark.time; });
    const auto count = static_cast<std::size_t>(later - messages.begin());
    if (count > 0) log.write(messages.first(count));
    messages = messages.subspan(count);
    if (!log.event(remark.text, remark.time)) ++events.unwritable;
  }
  if (!messages.empty()) log.write(messages);
}

std::uint64_t copy(LogReader& reader, LogWriter& log, Events& events) {
  std::vector<Message> batch(kBatch);
  std::uint64_t messages = 0;
  while (const std::size_t count = reader.read(batch)) {
    write(log, std::span(batch).first(count), events);
    messages += count;
  }
  write(log, {}, events);
  return messages;
}

/// The log to write: OUTPUT, or "drive_repaired.blf" in the format of the damaged one.
std::string output_of(const ConvertOptions& options, const Format& from, LogFileOptions& log) {
  if (!options.output_option.empty()) return options.output_option;
  if (options.logs.size() == 2) return options.logs.back();
  log.prefer_format(std::string(from.name));
  return PartName(options.logs.front(), from).of("repaired");
}

void check(const ConvertOptions& options) {
  if (options.logs.size() > (options.output_option.empty() ? 2 : 1))
    fail(Errc::invalid, "--repair needs one log, and at most one to write");
  if (options.info || options.events || !selection_of(options.selection).everything())
    fail(Errc::invalid, "--repair saves the whole log: not with --info, --events or a selection");
}

class Repair {
 public:
  Repair(const Program& program, const std::string& path, const LogFileOptions& log)
      : program_(program), path_(path), from_(open(log)) {
    from_.reader->keep_going(true);
  }

  const Format& format() const { return from_.format; }

  void run(const std::string& output, const LogOptions& options, const Format& format) {
    Outputs outputs(format);
    const auto writer = create_log(outputs.add(output), options, format);
    const std::uint64_t messages = copy(*from_.reader, *writer, events_);
    writer->close();
    report_losses();
    if (messages == 0) fail(Errc::not_found, "{}: no messages to save", path_);
    outputs.commit();
    const std::uint64_t places = from_.reader->warning_count() + cuts_;
    program_.say(fmt::format("{}: {} saved in {}; {}", path_, counted(messages, "message"), output,
                             places == 0 ? "no damage" : counted(places, "damaged place")));
  }

 private:
  OpenLog open(const LogFileOptions& log) {
    LogOptions reading = log.options();
    reading.on_event = [this](const LogEvent& event) { events_.add(event); };
    reading.on_notice = [this](const std::string& text) {
      program_.warn("warning: " + text);
      ++cuts_;
    };
    return open_recognized(path_, reading, log.reading(), LastLine::whole);
  }

  void report_losses() const {
    report_warnings(program_, *from_.reader);
    if (events_.unwritable > 0)
      program_.warn(fmt::format("warning: {} lost", counted(events_.unwritable, "event")));
  }

  const Program& program_;
  const std::string& path_;
  Events events_;
  std::uint64_t cuts_ = 0;  // last lines without an end
  OpenLog from_;            // last: it tells the rest
};

}  // namespace

Exit repair(const Program& program, const ConvertOptions& options, LogFileOptions& log) {
  check(options);
  Repair repair(program, options.logs.front(), log);
  const std::string output = output_of(options, repair.format(), log);
  refuse_existing(output, options.force);
  repair.run(output, log.options(), *log.writing(output));
  return Exit::ok;
}

}  // namespace can::cli
