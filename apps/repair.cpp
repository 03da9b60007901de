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

/// "drive_repaired.blf".
std::string repaired_name(const std::string& path, const Format& format) {
  return PartName(path, format).of("repaired");
}

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

void report(const Program& program, const LogReader& reader, const Events& events) {
  report_warnings(program, reader);
  if (events.unwritable > 0)
    program.warn(fmt::format("warning: {} lost", counted(events.unwritable, "event")));
}

}  // namespace

Exit repair(const Program& program, const ConvertOptions& options, LogFileOptions& log) {
  if (options.logs.size() > (options.output_option.empty() ? 2 : 1))
    fail(Errc::invalid, "--repair needs one log, and at most one to write");
  if (options.info || options.events || !selection_of(options.selection).everything())
    fail(Errc::invalid, "--repair saves the whole log: not with --info, --events or a selection");
  const std::string& path = options.logs.front();
  Events events;
  LogOptions reading = log.options();
  reading.on_event = [&events](const LogEvent& event) { events.add(event); };
  std::uint64_t cuts = 0;
  reading.on_notice = [&](const std::string& text) {
    program.warn("warning: " + text);
    ++cuts;
  };
  const auto [from, reader] = open_recognized(path, reading, log.reading(), LastLine::whole);
  reader->keep_going(true);
  std::string output = options.output_option;
  if (options.logs.size() == 2) output = options.logs.back();
  if (output.empty()) {
    output = repaired_name(path, from);
    log.prefer_format(std::string(from.name));
  }
  const Format& format = *log.writing(output);
  refuse_existing(output, options.force);
  Outputs outputs(format);
  const auto writer = create_log(outputs.add(output), log.options(), format);
  const std::uint64_t messages = copy(*reader, *writer, events);
  writer->close();
  report(program, *reader, events);
  if (messages == 0) fail(Errc::not_found, "{}: no messages to save", path);
  outputs.commit();
  const std::uint64_t places = reader->warning_count() + cuts;
  program.say(fmt::format("{}: {} saved in {}; {}", path, counted(messages, "message"), output,
                          places == 0 ? "no damage" : counted(places, "damaged place")));
  return Exit::ok;
}

}  // namespace can::cli
