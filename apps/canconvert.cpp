// SPDX-License-Identifier: MIT
// canconvert: turn one log into another.

#include <sys/stat.h>

#include "apps/cli.h"
#include "apps/console.h"
#include "apps/info.h"
#include "apps/json_text.h"
#include "apps/log_options.h"
#include "apps/signals.h"
#include "formats/losses.h"
#include "formats/split.h"
#include "libcan/error.h"
#include "libcan/merged_log.h"
#include "libcan/summary.h"
#include "libcan/transfer.h"

namespace can::cli {
namespace {

struct Options {
  std::vector<std::string> logs;  // OUTPUT last, without --info
  std::string start, end, split, only;
  std::vector<std::string> filters, channels;
  std::uint32_t bitrate = 500'000, data_bitrate = 2'000'000;
  bool keep_going = false, events = false, info = false;

  const std::string& output() const { return logs.back(); }
  std::span<const std::string> inputs() const {
    return std::span(logs).first(logs.size() - (info ? 0 : 1));
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
  repeat(add("--filter", options.filters, "F,F...", "Only ids that match ID:MASK or not ID~MASK"));
  repeat(add("--channel", options.channels, "NAME", "Only this channel; may be repeated"));
  add("--only", options.only, "K,K...", "Only these kinds: data, fd, remote, error");
  add("--start", options.start, "TIME", "From here: 5s from the first message, @EPOCH");
  add("--end", options.end, "TIME", "Up to here");
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("INPUT", options.logs, "Logs to read, joined by time; last, the one to write")
      ->type_name("")
      ->required();
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
        ->check(CLI::Range(1000u, 100'000'000u).description(""));
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
  return selection;
}

/// Opening the output would empty the input.
void refuse_same_file(const std::string& input, const std::string& output) {
  struct ::stat in;
  struct ::stat out;
  if (input != "-" && output != "-" && ::stat(input.c_str(), &in) == 0 &&
      ::stat(output.c_str(), &out) == 0 && S_ISREG(in.st_mode) && in.st_dev == out.st_dev &&
      in.st_ino == out.st_ino)
    fail(Errc::invalid, "{}: input and output are the same file", output);
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
        progress_(!program.verbosity().quiet && !options.events) {}

  Exit run() {
    for (const std::string& input : options_.inputs()) refuse_same_file(input, options_.output());
    auto reader = open_inputs(program_, options_, log_);
    try {
      copy(*reader);
    } catch (const Error& error) {
      if (writer_ && error.code() == Errc::corrupt) finish(*reader);  // keeps what was good
      throw;
    }
    finish(*reader);
    return Exit::ok;
  }

 private:
  void copy(LogReader& reader) {
    Transfer transfer(reader, selection_of(options_));
    transfer.run(
        [this]() -> LogWriter& {
          writer_ = create_output();
          return *writer_;
        },
        [this](std::span<const Message> batch) {
          messages_ += batch.size();
          losses_.look_at(batch);
          progress_.show(messages_);
        });
  }

  std::unique_ptr<LogWriter> create_output() const {
    if (options_.split.empty())
      return create_log(options_.output(), log_.options(options_.output()), &format_);
    return create_split_log(options_.output(), log_.options(), format_,
                            parse_split(options_.split));
  }

  void finish(const LogReader& reader) {
    writer_->close();
    progress_.clear();
    report_warnings(program_, reader);
    for (const std::string& loss : losses_.found())
      program_.say(fmt::format("warning: a {} can't hold {}", format_.title, loss));
    program_.say_verbose(counted(messages_, "message"));
  }

  const Program& program_;
  const Options& options_;
  const LogFileOptions& log_;
  const Format& format_;
  Losses losses_;
  Progress progress_;
  std::unique_ptr<LogWriter> writer_;
  std::uint64_t messages_ = 0;
};

/// --info of one log. Returns it as JSON; for people it is printed at once.
std::string tell(const Program& program, const Options& options, const LogFileOptions& log,
                 const std::string& path) {
  const auto [format, reader] =
      open_recognized(path, reading_options(program, options, log), log.reading());
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
  std::vector<std::string> all;
  for (const std::string& path : options.logs) {
    if (!all.empty() && !program.json()) std::printf("\n");
    all.push_back(tell(program, options, log, path));
  }
  if (program.json()) std::printf("%s\n", json_array(all).c_str());
  return Exit::ok;
}

Exit convert(const Program& program, const Options& options, const LogFileOptions& log) {
  if (options.logs.size() < 2) fail(Errc::invalid, "OUTPUT is required; - is standard output");
  return Conversion(program, options, log).run();
}

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  ignore_broken_pipes();
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
    return options.info ? tell_all(program, options, log) : convert(program, options, log);
  });
}
