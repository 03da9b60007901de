// SPDX-License-Identifier: MIT
// canconvert: turn one log into another.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "apps/cli.h"
#include "apps/console.h"
#include "apps/info.h"
#include "apps/json_text.h"
#include "apps/log_options.h"
#include "apps/values.h"
#include "formats/registry/losses.h"
#include "formats/registry/outputs.h"
#include "formats/registry/split.h"
#include "libcan/flow/merged_log.h"
#include "libcan/flow/summary.h"
#include "libcan/flow/transfer.h"
#include "libcan/model/error.h"
#include "libcan/platform/file_use.h"
#include "libcan/platform/signals.h"

namespace can::cli {
namespace {

struct Options {
  std::vector<std::string> logs;  // OUTPUT last, without --info and --output
  std::string output_option, start, end, split, only;
  std::vector<std::string> filters, channels;
  std::uint32_t bitrate = 500'000, data_bitrate = 2'000'000;
  bool keep_going = false, events = false, info = false, force = false;

  bool output_is_last() const { return !info && output_option.empty(); }
  const std::string& output() const { return output_is_last() ? logs.back() : output_option; }
  std::span<const std::string> inputs() const {
    return std::span(logs).first(logs.size() - (output_is_last() ? 1 : 0));
  }
};

void add_selection(CLI::App& app, Options& options) {
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Selection");
  };
  const auto repeat = [](CLI::Option* option) {
    option->expected(1)->allow_extra_args(false)->multi_option_policy(
        CLI::MultiOptionPolicy::TakeAll);
  };
  repeat(
      add("--filter", options.filters, "F,F...", "Only ID:MASK, not ID~MASK; standard; extended"));
  repeat(add("--channel", options.channels, "NAME", "Only this channel; may be repeated"));
  add("--only", options.only, "K,K...", "Only these kinds: data, fd, remote, error");
  add("--start", options.start, "TIME", "From here: 5s from the first message, @EPOCH");
  add("--end", options.end, "TIME", "Up to here");
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("INPUT", options.logs, "Logs to read, joined by time; last, the one to write")
      ->type_name("")
      ->required();
  app.add_option("-o,--output", options.output_option, "The log to write; all others are inputs")
      ->type_name("FILE");
  app.add_flag("--force", options.force, "Replace OUTPUT, though it may be an input");
  add_selection(app, options);
  app.add_flag("--keep-going", options.keep_going, "Skip damaged places, and say so");
  app.add_flag("--events", options.events, "Show markers, statistics and the like of BLF logs");
  app.add_option("--split", options.split, "A log a channel, or one a TIME of 10m, 1h, ...")
      ->type_name("channel|TIME");
  app.add_flag("--info", options.info, "Show what the logs hold; ids too with -v")->group("Info");
  const auto add_rate = [&](const char* name, std::uint32_t& value, const char* help) {
    app.add_option(name, value, help)
        ->type_name("N")
        ->group("Info")
        ->transform(whole_number(1000, 100'000'000));
  };
  add_rate("--bitrate", options.bitrate, "That the bus load is counted with [500000]");
  add_rate("--data-bitrate", options.data_bitrate, "The same of CAN FD's data phase [2000000]");
}

Selection selection_of(const Options& options) {
  Selection selection{.filters = parse_filters(options.filters), .start = {}, .end = {}};
  for (const std::string& channel : options.channels) selection.channels.emplace_back(channel);
  if (!options.only.empty()) selection.kinds = parse_kinds(options.only);
  if (!options.start.empty()) selection.start = parse_log_time(options.start);
  if (!options.end.empty()) selection.end = parse_log_time(options.end);
  const LogTime start = selection.start.value_or(LogTime{});
  if (selection.end && selection.end->since_epoch == start.since_epoch &&
      selection.end->time <= start.time)
    fail(Errc::invalid, "--end: nothing lies between {} and {}",
         options.start.empty() ? "the start" : quote(options.start), quote(options.end));
  return selection;
}

/// Whether the log at `output` begins as the one at `input` does: it was made of that before.
bool made_of(const std::string& output, const std::string& input) try {
  Message first, other;
  if (open_log(input)->read({&first, 1}) == 0 || open_log(output)->read({&other, 1}) == 0)
    return false;
  const auto apart = std::chrono::abs(first.timestamp - other.timestamp);
  // What a format between the two could not hold may have gone.
  return apart < std::chrono::milliseconds(1) && first.id == other.id &&
         std::ranges::equal(first.payload(), other.payload());
} catch (const Error&) {
  return false;
}

/// "canconvert *.blf" would replace the last log of the folder. An OUTPUT that is a log may be one
/// that was forgotten: where there are several inputs, or one of the same kind and other content.
void refuse_forgotten_output(const Options& options) {
  if (options.force || !options.output_is_last() || !options.split.empty()) return;
  const std::string &output = options.output(), &input = options.logs.front();
  const Format* const there = format_of(output);
  if (!there ||
      (options.inputs().size() == 1 && (format_of(input) != there || made_of(output, input))))
    return;
  fail(Errc::invalid, "{}: is a {} that is there; -o {} or --force replaces it", output,
       there->title, output);
}

/// Whether an output is a plain file, which nobody waits for, or will be one.
bool is_file(const std::string& path) {
  struct ::stat status {};
  return path != "-" && (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode));
}

LogOptions reading_options(const Program& program, const Options& options,
                           const LogFileOptions& log) {
  LogOptions reading = log.options();
  if (options.events)
    reading.on_event = [&program](const std::string& event) { program.warn(event); };
  return reading;
}

/// One log, or several as one.
std::unique_ptr<LogReader> open_inputs(const Program& program, const Options& options,
                                       const LogFileOptions& log) {
  const LogOptions reading = reading_options(program, options, log);
  std::vector<std::unique_ptr<LogReader>> logs;
  for (const std::string& path : options.inputs()) {
    logs.push_back(open_log(path, reading, log.reading()));
    logs.back()->keep_going(options.keep_going);
  }
  if (logs.size() == 1) return std::move(logs.front());
  return std::make_unique<MergedLog>(std::move(logs));
}

void report_warnings(const Program& program, const LogReader& reader) {
  for (const std::string& warning : reader.warnings()) program.warn("warning: " + warning);
  if (reader.warning_count() > reader.warnings().size())
    program.warn(fmt::format("warning: {} in all", counted(reader.warning_count(), "warning")));
}

class Conversion {
 public:
  Conversion(const Program& program, const Options& options, const LogFileOptions& log)
      : program_(program),
        options_(options),
        log_(log),
        format_(*log.writing(options.output())),
        losses_(format_.keeps),
        outputs_(format_),
        progress_(!program.verbosity().quiet && !options.events) {}

  Exit run() {
    auto reader = open_inputs(program_, options_, log_);
    if (options_.split.empty()) output_ = &outputs_.add(options_.output());
    refuse_forgotten_output(options_);
    try {
      copy(*reader);
    } catch (const Error& error) {
      if (writer_ && error.code() == Errc::corrupt) end_early(*reader, error);
      throw;
    }
    if (!writer_) write_empty(*reader);
    finish(*reader);
    outputs_.commit();
    return Exit::ok;
  }

 private:
  void copy(LogReader& reader) {
    const auto write = [this](std::span<const Message> batch) {
      if (batch.empty()) return;
      if (!writer_) writer_ = create_output();  // a log that can't be read costs no output
      writer_->write(batch);
      messages_ += batch.size();
      losses_.look_at(batch);
      progress_.show(messages_);
    };
    const bool passed_on = !is_file(options_.output());  // somebody waits for it
    Transfer(reader, selection_of(options_)).run(write, [this, passed_on] {
      if (writer_ && passed_on) writer_->flush();
    });
  }

  std::unique_ptr<LogWriter> create_output() {
    const std::string& path = options_.output();
    if (output_) return create_log(*output_, log_.options(path), format_);
    return create_split_log(path, log_.options(), format_, parse_split(options_.split), outputs_);
  }

  /// A log without messages is a log, but no reason to lose another. Where there could have been
  /// some, none is no success.
  void write_empty(const LogReader& reader) {
    const bool all = selection_of(options_).everything();
    const std::string what = all ? "there are no messages" : "no message was selected";
    const std::string& output = options_.output();
    std::error_code ignored;
    const bool there = std::filesystem::is_regular_file(output, ignored) &&
                       std::filesystem::file_size(output, ignored) > 0;
    if (there) fail(Errc::not_found, "{}: {}; {} is as it was", inputs(), what, output);
    if (!all || reader.warning_count() > 0) {
      report_warnings(program_, reader);
      fail(Errc::not_found, "{}: {}", inputs(), what);
    }
    program_.say(fmt::format("{}: {}", inputs(), what));
    writer_ = create_output();
  }

  std::string inputs() const {
    const auto logs = options_.inputs();
    return logs.size() == 1 ? logs.front() : fmt::format("{} logs", logs.size());
  }

  /// What was good before a damaged place is kept, and so is what it would replace.
  void end_early(const LogReader& reader, const Error& error) {
    finish(reader);
    std::string text = error.what();
    for (const std::string& line : outputs_.commit_beside()) text += "; " + line;
    throw Error(error.code(), text);
  }

  void finish(const LogReader& reader) {
    if (writer_) writer_->close();
    progress_.clear();
    report_warnings(program_, reader);
    for (const std::string& loss : losses_.found())
      program_.say(fmt::format("warning: a {} can't hold {}", format_.title, loss));
    if (const std::string loss = losses_.fine_time(); !loss.empty())
      program_.say_verbose(fmt::format("a {} can't hold {}", format_.title, loss));
    program_.say_verbose(counted(messages_, "message"));
  }

  const Program& program_;
  const Options& options_;
  const LogFileOptions& log_;
  const Format& format_;
  Losses losses_;
  Outputs outputs_;
  const Replacement* output_ = nullptr;  // null: the log is split
  Progress progress_;
  std::unique_ptr<LogWriter> writer_;
  std::uint64_t messages_ = 0;
};

/// --info of one log. Returns it as JSON; for people it is printed at once.
std::string tell(const Program& program, const Options& options, const LogFileOptions& log,
                 const std::string& path) {
  const auto [format, reader] =
      open_recognized(path, reading_options(program, options, log), log.reading());
  const FileUse output(File(STDOUT_FILENO, "standard output"), FileUse::Kind::write);
  reader->keep_going(options.keep_going);
  Summary summary(options.bitrate, options.data_bitrate);
  Progress progress(!program.verbosity().quiet && !options.events);
  const auto look = [&](std::span<const Message> batch) {
    summary.look_at(batch);
    progress.show(summary.messages());
  };
  std::exception_ptr failure;  // what stands before a damaged place is told all the same
  try {
    Transfer(*reader, selection_of(options)).run(look);
  } catch (const Error&) {
    failure = std::current_exception();
  }
  progress.clear();
  const LogInfo info{path, std::string(format.title), reader->writer()};
  if (!program.json()) print_info(info, summary, program.verbosity().verbose > 0);
  report_warnings(program, *reader);
  if (failure) std::rethrow_exception(failure);
  return info_json(info, summary);
}

Exit tell_all(const Program& program, const Options& options, const LogFileOptions& log) {
  if (!options.output_option.empty())
    fail(Errc::invalid, "--info writes no log: --output has no use");
  std::vector<std::string> all;
  for (const std::string& path : options.logs) {
    if (!all.empty() && !program.json()) std::printf("\n");
    all.push_back(tell(program, options, log, path));
  }
  if (program.json()) std::printf("%s\n", json_array(all).c_str());
  return Exit::ok;
}

Exit convert(const Program& program, const Options& options, const LogFileOptions& log) {
  if (options.inputs().empty()) fail(Errc::invalid, "OUTPUT is required; - is standard output");
  return Conversion(program, options, log).run();
}

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  can::ignore_broken_pipes();
  Program program("canconvert", "Turn one CAN log into another.",
                  "canconvert [options] INPUT... OUTPUT, or canconvert --info INPUT...",
                  "  canconvert drive.blf drive.asc\n"
                  "  canconvert --filter 7E8:7FF --start 10s drive.asc.gz - --format candump\n"
                  "  canconvert a.log b.asc both.blf                  (joined by time)\n"
                  "  canconvert --info drive.blf");
  Options options;
  add_options(program.app(), options);
  LogFileOptions log(program, LogFileOptions::Use::both);
  return program.run(argc, argv, [&] {
    can::end_by_signals_after(can::Replacement::discard_all);
    return options.info ? tell_all(program, options, log) : convert(program, options, log);
  });
}
