// SPDX-License-Identifier: MIT
// canconvert: turn one log into another.

#include <sys/stat.h>

#include "apps/cli.h"
#include "apps/console.h"
#include "apps/log_options.h"
#include "apps/signals.h"
#include "formats/losses.h"
#include "libcan/error.h"
#include "libcan/transfer.h"

namespace can::cli {
namespace {

struct Options {
  std::string input, output, start, end;
  std::vector<std::string> filters;
  bool keep_going = false;
};

void add_options(CLI::App& app, Options& options) {
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Selection");
  };
  app.add_option("INPUT", options.input, "Log to read; - is stdin")->type_name("")->required();
  app.add_option("OUTPUT", options.output, "Log to write; - is stdout")->type_name("")->required();
  add("--filter", options.filters, "F,F...", "Only ids that match ID:MASK or not ID~MASK")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add("--start", options.start, "TIME", "From here: 5s from the first message, @EPOCH");
  add("--end", options.end, "TIME", "Up to here");
  app.add_flag("--keep-going", options.keep_going, "Skip damaged places, and say so");
}

Selection selection_of(const Options& options) {
  Selection selection{.filters = parse_filters(options.filters), .start = {}, .end = {}};
  if (!options.start.empty()) selection.start = parse_log_time(options.start);
  if (!options.end.empty()) selection.end = parse_log_time(options.end);
  return selection;
}

/// Opening the output would empty the input.
void refuse_same_file(const Options& options) {
  struct ::stat in {}, out {};
  if (options.input != "-" && options.output != "-" &&
      ::stat(options.input.c_str(), &in) == 0 && ::stat(options.output.c_str(), &out) == 0 &&
      S_ISREG(in.st_mode) && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
    fail(Errc::invalid, "{}: input and output are the same file", options.output);
}

class Conversion {
 public:
  Conversion(const Program& program, const Options& options, const LogFileOptions& log)
      : program_(program),
        options_(options),
        log_(log),
        format_(*log.writing(options.output)),
        losses_(format_.keeps),
        progress_(!program.verbosity().quiet) {}

  Exit run() {
    auto reader = open_log(options_.input, log_.options(), log_.reading());
    reader->keep_going(options_.keep_going);
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
          writer_ = create_log(options_.output, log_.options(), &format_);
          return *writer_;
        },
        [this](std::span<const Message> batch) {
          messages_ += batch.size();
          losses_.look_at(batch);
          progress_.show(messages_);
        });
  }

  void finish(const LogReader& reader) {
    writer_->close();
    progress_.clear();
    for (const std::string& warning : reader.warnings()) program_.warn("warning: " + warning);
    if (reader.warning_count() > reader.warnings().size())
      program_.warn(fmt::format("warning: {} in all", counted(reader.warning_count(), "warning")));
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

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  ignore_broken_pipes();
  Program program("canconvert", "Turn one CAN log into another.",
                  "canconvert [options] INPUT OUTPUT",
                  "  canconvert drive.blf drive.asc\n"
                  "  canconvert --filter 7E8:7FF --start 10s drive.asc.gz - --format candump\n"
                  "  zcat drive.log.gz | canconvert - drive.db");
  Options options;
  add_options(program.app(), options);
  LogFileOptions log(program, LogFileOptions::Use::both);
  return program.run(argc, argv, [&] {
    refuse_same_file(options);
    return Conversion(program, options, log).run();
  });
}
