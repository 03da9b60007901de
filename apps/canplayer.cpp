// SPDX-License-Identifier: MIT
// canplayer: sends the messages of a log on a bus, with their original pauses.

#include "apps/bus_options.h"
#include "apps/cli.h"
#include "apps/log_options.h"
#include "apps/log_report.h"
#include "apps/replay_report.h"
#include "apps/signal_time.h"
#include "apps/values.h"
#include "libcan/flow/replay.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/platform/signals.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kDefaultGap = 100us;  // as in python-can, with --ignore-timestamps

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
  add("-f,--file_name,--file-name", options.file, "FILE", "Also log the sent messages");
  add("-g,--gap", options.gap, "MS", "Minimum time between messages, in ms [0]")
      ->check(time_span(1ms, Zero::taken));
  add("-s,--skip", options.skip, "S", "Shorten longer pauses to this, in s [86400]")
      ->check(time_span(1s, Zero::taken));
  add("--on-late", options.on_late, "shift|burst|drop", "Handling of late messages [shift]")
      ->check(CLI::IsMember({"shift", "burst", "drop"}).description(""));
  app.add_flag("--ignore-timestamps", options.ignore_timestamps, "Send with the gap only [0.1 ms]")
      ->group("Replay");
  app.add_flag("--error-frames", options.error_frames, "Send error frames too")->group("Replay");
  app.add_flag("--keep-going", options.keep_going, "Skip damaged places, with warnings")
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
  if (pace.skip == 0ns) pace.skip = nanoseconds::max();  // as in python-can: 0 keeps all pauses
  return pace;
}

/// The log: the value of -I, or the first argument.
std::string input_of(const Options& options) {
  if (!options.input_option.empty()) return options.input_option;
  if (options.positionals.empty()) fail(Errc::invalid, "INPUT is required");
  return options.positionals.front();
}

/// The texts on both sides of '='. Throws Errc::invalid with `what` if one is missing.
std::pair<std::string, std::string> split(const std::string& text, std::string_view what) {
  const std::size_t sign = text.find('=');
  if (sign == text.npos || sign == 0 || sign + 1 == text.size())
    fail(Errc::invalid, "{}, got {}", what, quote(text));
  return {text.substr(0, sign), text.substr(sign + 1)};
}

/// The assignments by --map FROM=TO and by the arguments TO=FROM, as in can-utils: vcan0=can0 sends
/// the messages of the log's channel can0 on vcan0.
Routes routes_of(const Options& options) {
  Routes routes;
  for (const std::string& map : options.maps) {
    const auto [from, to] = split(map, "--map: expected FROM=TO");
    routes.assign(from, to);
  }
  for (std::size_t i = options.input_option.empty() ? 1 : 0; i < options.positionals.size(); ++i) {
    const auto [to, from] = split(options.positionals[i], "expected TO=FROM behind the log");
    routes.assign(from, to);
  }
  return routes;
}

/// One run of the program.
class Player {
 public:
  Player(const Program& program, const Options& options, const LogFileOptions& log,
         const BusOptions& bus)
      : program_(program),
        reader_(open_log(input_of(options), log.options(), log.reading())),
        pace_(pace_of(options)),
        error_frames_(options.error_frames),
        routes_(routes_of(options)),
        report_(program) {
    open_buses(bus);
    reader_->keep_going(options.keep_going);
    if (!options.file.empty())
      copies_.push_back(create_log(options.file, log.options(), log.writing(options.file)));
    if (program.verbosity().verbose > 0)
      copies_.push_back(create_log("-", {}, &format_named("printer")));
  }

  Exit run(Signals& signals) {
    SignalTime time(signals);
    Replay replay(routes_, {.pace = pace_, .error_frames = error_frames_}, time, report_);
    for (const auto& copy : copies_) replay.add_copy(*copy);
    ReadAhead messages(*reader_, ReadAhead::kPrompt);
    try {
      if (!replay.run(messages)) end_early(try_to_finish(replay));
      routes_.flush();
    } catch (const Error& error) {
      try_to_finish(replay);
      end_early(program_.report(error));
    }
    finish(replay);
    return Exit::ok;
  }

 private:
  void open_buses(const BusOptions& bus) {
    if (routes_.assigned() && bus.names_channel())
      fail(Errc::invalid,
           "-c: not allowed with --map or TO=FROM, which name a bus for each channel");
    routes_.open([&bus](const std::string& channel) {
      return channel.empty() ? bus.open() : bus.open(channel);
    });
  }

  void finish(Replay& replay) {
    for (const auto& copy : copies_) copy->close();
    replay.pass_on_notices();
    report_warnings(program_, *reader_);
    report_.finish(replay.counts());
  }

  Exit try_to_finish(Replay& replay) {
    try {
      finish(replay);
      return Exit::interrupted;
    } catch (const Error& error) {
      return program_.report(error);
    }
  }

  /// Ends without joining the reader's thread, which may wait for input that never comes.
  [[noreturn]] void end_early(Exit status) {
    routes_.close();
    leave(status);
  }

  const Program& program_;
  std::unique_ptr<LogReader> reader_;
  const Pacer::Pace pace_;
  const bool error_frames_;
  Routes routes_;
  ReplayReport report_;
  std::vector<std::unique_ptr<LogWriter>> copies_;
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
    Player player(program, options, log, bus);
    can::Signals signals;
    return player.run(signals);
  });
}
