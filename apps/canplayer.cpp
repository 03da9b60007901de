// SPDX-License-Identifier: MIT
// canplayer: put the messages of a log on a bus, as they were in time.

#include "apps/bus_options.h"
#include "apps/cli.h"
#include "apps/console.h"
#include "apps/log_options.h"
#include "apps/read_ahead.h"
#include "apps/routes.h"
#include "apps/schedule.h"
#include "apps/values.h"
#include "libcan/model/duration.h"
#include "libcan/model/error.h"
#include "libcan/platform/signals.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr auto kLookForSignals = 50ms;
constexpr auto kTellNotes = 1s;      // of what happens to the bus, at most so often
constexpr auto kDefaultGap = 100us;  // of python-can, with --ignore-timestamps

struct Options {
  std::string file, gap, skip = "86400", on_late = "shift", input_option;
  std::vector<std::string> positionals, maps;
  bool ignore_timestamps = false, error_frames = false, keep_going = false;
};

void add_options(CLI::App& app, Options& options) {
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Replay");
  };
  app.add_option("INPUT", options.positionals, "Log to replay; - is stdin")->type_name("");
  add("-I,--input", options.input_option, "FILE", "The same, as in can-utils");
  add("--map", options.maps, "FROM=TO", "Send a channel of the log on TO; may be repeated")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add("-f,--file_name,--file-name", options.file, "FILE", "Also log what is sent");
  add("-g,--gap", options.gap, "MS", "Least time between messages, in ms [0]")
      ->check(time_span(1ms, Zero::taken));
  add("-s,--skip", options.skip, "S", "Cut longer pauses to this, in s [86400]")
      ->check(time_span(1s, Zero::taken));
  add("--on-late", options.on_late, "shift|burst|drop", "What becomes of overdue messages [shift]")
      ->check(CLI::IsMember({"shift", "burst", "drop"}).description(""));
  app.add_flag("--ignore-timestamps", options.ignore_timestamps, "Send with the gap only [0.1 ms]")
      ->group("Replay");
  app.add_flag("--error-frames", options.error_frames, "Send error frames too")->group("Replay");
  app.add_flag("--keep-going", options.keep_going, "Skip damaged places of the log, and say so")
      ->group("Replay");
}

Pacer::Pace pace_of(const Options& options) {
  Pacer::Pace pace{.skip = parse_duration(options.skip, 1s),
                   .ignore_timestamps = options.ignore_timestamps};
  if (options.on_late != "shift")
    pace.on_late = options.on_late == "drop" ? OnLate::drop : OnLate::burst;
  if (!options.gap.empty())
    pace.gap = parse_duration(options.gap, 1ms);
  else if (options.ignore_timestamps)
    pace.gap = kDefaultGap;
  if (pace.skip == 0ns) pace.skip = nanoseconds::max();  // as python-can: 0 cuts nothing
  return pace;
}

/// The log: -I's, or the first argument.
std::string input_of(const Options& options) {
  if (!options.input_option.empty()) return options.input_option;
  if (options.positionals.empty()) fail(Errc::invalid, "INPUT is required");
  return options.positionals.front();
}

/// --map, and the other arguments, which have it the other way round, as in can-utils: vcan0=can0
/// sends on vcan0 what was recorded on can0.
Routes routes_of(const Options& options) {
  Routes routes;
  for (const std::string& map : options.maps) routes.assign(map);
  for (std::size_t i = options.input_option.empty() ? 1 : 0; i < options.positionals.size(); ++i) {
    const std::string& text = options.positionals[i];
    const std::size_t sign = text.find('=');
    if (sign == text.npos || sign == 0 || sign + 1 == text.size())
      fail(Errc::invalid, "expected TO=FROM behind the log, got {}", quote(text));
    routes.assign(text.substr(sign + 1), text.substr(0, sign));
  }
  return routes;
}

class Replay {
 public:
  Replay(const Program& program, const Options& options, const LogFileOptions& log,
         const BusOptions& bus)
      : program_(program),
        options_(options),
        reader_(open_log(input_of(options), log.options(), log.reading())),
        schedule_(program, pace_of(options)),
        progress_(!program.verbosity().quiet && program.verbosity().verbose == 0),
        routes_(routes_of(options)) {
    routes_.open(bus);
    reader_->keep_going(options.keep_going);
    if (!options.file.empty())
      outputs_.push_back(
          create_log(options.file, log.options(options.file), log.writing(options.file)));
    if (program.verbosity().verbose > 0)
      outputs_.push_back(create_log("-", {}, &format_named("printer")));
  }

  Exit run(Signals& signals) {
    ReadAhead messages(*reader_);
    try {
      play(messages, signals);
      if (signals.received() != 0) end_early(try_to_finish());
      routes_.flush();
    } catch (const Error& error) {
      try_to_finish();
      end_early(program_.tell(error));
    }
    finish();
    return Exit::ok;
  }

 private:
  void play(ReadAhead& messages, Signals& signals) {
    while (signals.received() == 0 && !messages.ended()) {
      const auto batch = messages.wait(kLookForSignals);
      for (const Message& message : batch)
        if (!wait_and_send(message, signals)) return;
      send_collected();
      messages.release(batch.size());
    }
  }

  Exit try_to_finish() {
    try {
      finish();
      return Exit::interrupted;
    } catch (const Error& error) {
      return program_.tell(error);
    }
  }

  /// The reader may wait for input that never comes: nobody waits for it.
  [[noreturn]] void end_early(Exit status) {
    routes_.close();
    leave(status);
  }

  /// Messages that are due already are collected: sending them one by one would cost more time.
  /// False once a signal came.
  bool wait_and_send(const Message& message, Signals& signals) {
    if (message.error && !options_.error_frames) {
      ++error_frames_;
      return true;
    }
    Channel channel = message.channel;
    Bus* const bus = routes_.find(channel);
    if (!bus) {
      ++unmapped_;
      return true;
    }
    const Pacer::Turn turn = schedule_.next(message.timestamp);
    if (turn.drop) return true;
    if (turn.due > Clock::now()) {
      send_collected();
      if (signals.wait_until(turn.due) != 0) return false;
    }
    if (bus != bus_) send_collected();
    bus_ = bus;
    if (collected_.empty()) collected_due_ = turn.due;
    collected_.push_back(message);
    collected_.back().channel = channel;
    return true;
  }

  void send_collected() {
    if (collected_.empty()) return;
    bus_->send(collected_);
    schedule_.sent(collected_due_);
    sent_ += collected_.size();
    for (const auto& output : outputs_) {
      output->write(collected_);
      output->flush();
    }
    collected_.clear();
    progress_.show(sent_);
    if (Clock::now() >= told_ + kTellNotes) tell_notes();
  }

  void tell_notes() {
    told_ = Clock::now();
    progress_.clear();
    routes_.tell_notes(program_);
  }

  void finish() {
    for (const auto& output : outputs_) output->close();
    tell_notes();
    for (const std::string& warning : reader_->warnings()) program_.warn("warning: " + warning);
    if (error_frames_ > 0)
      program_.say(fmt::format("{} not sent; --error-frames sends them",
                               counted(error_frames_, "error frame")));
    if (unmapped_ > 0)
      program_.say(fmt::format("{} of channels that --map doesn't name not sent",
                               counted(unmapped_, "message")));
    schedule_.report();
    program_.say_verbose(fmt::format("{} sent, at most {} late", counted(sent_, "message"),
                                     to_text(schedule_.latest())));
  }

  const Program& program_;
  const Options& options_;
  std::unique_ptr<LogReader> reader_;
  Schedule schedule_;
  Progress progress_;
  Routes routes_;
  Bus* bus_ = nullptr;  // of collected_
  std::vector<std::unique_ptr<LogWriter>> outputs_;
  std::vector<Message> collected_;
  Clock::time_point collected_due_;  // of the first of them, the latest
  Clock::time_point told_{};
  std::uint64_t sent_ = 0, error_frames_ = 0, unmapped_ = 0;
};

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  Program program("canplayer", "Replay a CAN log onto a bus.",
                  "canplayer [options] INPUT [TO=FROM...]",
                  "  canplayer -i udp_multicast drive.blf\n"
                  "  canplayer -i udp_multicast -v -s 1 drive.asc     (no pause over a second)\n"
                  "  canplayer -i udp_multicast --ignore-timestamps -g 2 drive.db");
  Options options;
  add_options(program.app(), options);
  BusOptions bus(program, BusOptions::Filtering::no);
  LogFileOptions log(program, LogFileOptions::Use::both);
  return program.run(argc, argv, [&] {
    Replay replay(program, options, log, bus);
    can::Signals signals;
    return replay.run(signals);
  });
}
