// SPDX-License-Identifier: MIT
// canplayer: sends the messages of a log on a bus, with their original pauses.

#include <algorithm>
#include <filesystem>

#include "apps/bridge.h"
#include "apps/bus_options.h"
#include "apps/cli.h"
#include "apps/log_options.h"
#include "apps/log_report.h"
#include "apps/play_options.h"
#include "apps/player_time.h"
#include "apps/print_bus.h"
#include "apps/replay_report.h"
#include "cansuite/merged_log.h"
#include "formats/registry/publication.h"
#include "libcan/flow/replay.h"
#include "libcan/model/fail.h"
#include "libcan/model/quantity.h"
#include "libcan/platform/interruption.h"
#include "libcan/platform/realtime.h"
#include "libcan/platform/signals.h"
#include "libcan/signals/overwriter.h"

namespace can::cli {
namespace {

/// One run of the program.
class Player {
 public:
  Player(const Program& program, const PlayOptions& options, const LogFileOptions& log,
         const BusOptions& bus)
      : program_(program),
        options_(options),
        log_options_(log),
        inputs_(inputs_of(options)),
        loops_(loops_of(options)),
        routes_(routes_of(options)),
        report_(program),
        keys_(!reads_stdin() && program.verbosity().quiet == 0) {
    refuse_second_reading_of_stdin();
    if (!options.sets.empty() && !options.catalog)
      fail(Errc::invalid, "--set: expected --dbc FILE, which defines the signals");
    reader_ = open_inputs();
    open_buses(bus);
    if (!options.file.empty()) copies_.push_back(open_copy(log.writing(options.file)));
    if (program.verbosity().verbose > 0)
      copies_.push_back(create_log("-", {}, &format_named("printer")));
  }

  Exit run(Signals& signals) {
    signals.set_spin(spin_of(options_));
    if (options_.realtime)
      for (const std::string& refused : become_realtime()) program_.warn("--realtime: " + refused);
    PlayerTime time(signals, keys_);
    StepTime steps(signals, keys_);
    Timekeeper& clock = options_.step ? static_cast<Timekeeper&>(steps) : time;
    Replay replay(routes_, replay_options_of(options_), clock, report_);
    if (const auto start = start_of(options_)) replay.start_at(*start);
    for (const auto& copy : copies_) replay.add_copy(*copy);
    foresee();
    play_all(replay);
    finish(replay);
    return status_of(replay);
  }

 private:
  Exit status_of(const Replay& replay) const {
    return replay.counts().missed() > 0 || unpublished_ > 0 ? Exit::failure : Exit::ok;
  }

  std::unique_ptr<LogReader> open_inputs() const {
    std::vector<std::unique_ptr<LogReader>> logs;
    for (const std::string& path : inputs_) {
      logs.push_back(open_log(path, log_options_.options(), log_options_.reading()));
      logs.back()->keep_going(options_.keep_going);
    }
    auto log =
        logs.size() == 1 ? std::move(logs.front()) : std::make_unique<MergedLog>(std::move(logs));
    if (options_.sets.empty()) return log;
    return signals::overwritten(std::move(log), {*options_.catalog, options_.sets});
  }

  /// A publication must not hold the replay up: no bus would wait for a sink.
  std::unique_ptr<LogWriter> open_copy(const Format* format) {
    LogOptions as = log_options_.options();
    if (!is_publication(options_.file)) return create_log(options_.file, as, format);
    as.on_notice = [this](const std::string& text) { program_.warn(text); };
    const auto on_lost = [this](std::uint64_t count) { unpublished_ = count; };
    return publish(options_.file, as, {.lost = {}, .send = {}, .on_lost = on_lost});
  }

  bool reads_stdin() const { return std::ranges::find(inputs_, "-") != inputs_.end(); }

  void refuse_second_reading_of_stdin() const {
    if (!reads_stdin()) return;
    if (loops_ > 1) fail(Errc::invalid, "--loop: standard input can be read only once");
    if (options_.step) fail(Errc::invalid, "--step: standard input is the log");
  }

  void open_buses(const BusOptions& bus) {
    if (routes_.assigned() && bus.names_channel())
      fail(Errc::invalid,
           "-c: not allowed with --map or TO=FROM, which name a bus for each channel");
    if (!routes_.assigned() && !bus.configured())
      return routes_.open_each([&](const std::string& name) { return bus.open_of_kernel(name); });
    routes_.open([&bus](const std::string& channel) {
      if (channel == Routes::kPrinted) return open_print_bus();
      return channel.empty() ? bus.open() : bus.open(channel);
    });
  }

  /// Only files can be read a second time: a pipe would lose what is read.
  bool rereadable() const {
    return std::ranges::all_of(inputs_, [](const std::string& path) {
      std::error_code ignored;
      return std::filesystem::is_regular_file(path, ignored);
    });
  }

  void foresee() {
    if (!rereadable() || options_.step || loops_ == UINT64_MAX) return;
    report_.show_length({.open = [this] { return open_inputs(); },
                         .selection = selection_of(options_.selection),
                         .options = replay_options_of(options_),
                         .routes = routes_of(options_),
                         .loops = loops_});
  }

  void play_all(Replay& replay) {
    for (std::uint64_t loop = 0; loop < loops_; ++loop) {
      if (loop > 0) begin_again(replay);
      ReadAhead messages(*reader_, ReadAhead::kPrompt, selection_of(options_.selection));
      try {
        if (!replay.run(messages)) end_early(replay);
        routes_.flush();
      } catch (const Error& error) {
        try_to_finish(replay);
        end_early(program_.report(error));
      }
    }
  }

  void begin_again(Replay& replay) {
    report_warnings(program_, *reader_);
    reader_ = open_inputs();
    replay.begin_again();
  }

  void finish(Replay& replay) {
    for (const auto& copy : copies_) copy->close();
    replay.pass_on_notices();
    report_warnings(program_, *reader_);
    report_.finish(replay.counts(), unpublished_);
    if (program_.json()) print_as_json(replay.counts(), unpublished_);
  }

  Exit try_to_finish(Replay& replay) {
    try {
      finish(replay);
      return Exit::interrupted;
    } catch (const Error& error) {
      return program_.report(error);
    }
  }

  /// The replay has ended before its log: by a signal, by --count or at the last step.
  [[noreturn]] void end_early(Replay& replay) {
    const Exit finished = try_to_finish(replay);
    if (interruption::requested())
      program_.say(fmt::format("interrupted behind {}; the rest of the log was not sent",
                               counted(replay.counts().sent, "message")));
    if (finished != Exit::interrupted || interruption::requested()) end_early(finished);
    end_early(status_of(replay));
  }

  /// Ends without joining the reader's thread, which may wait for input that never comes.
  [[noreturn]] void end_early(Exit status) {
    routes_.close();
    keys_.restore();
    leave(status);
  }

  const Program& program_;
  const PlayOptions& options_;
  const LogFileOptions& log_options_;
  const std::vector<std::string> inputs_;
  const std::uint64_t loops_;
  std::unique_ptr<LogReader> reader_;
  Routes routes_;
  ReplayReport report_;
  Keys keys_;
  std::uint64_t unpublished_ = 0;  // sent messages that the spool of a publication lost
  std::vector<std::unique_ptr<LogWriter>> copies_;
};

/// Between the bus of --live and the configured one.
Exit live(const Program& program, const PlayOptions& options, const BusOptions& bus) {
  if (!options.positionals.empty() || !options.input_option.empty() || !options.maps.empty())
    fail(Errc::invalid, "--live: not allowed with a log or a map");
  const BusConfig left = bus.named(options.live), right = bus.config();
  if (left.interface == right.interface && left.channel == right.channel &&
      left.options == right.options)
    fail(Errc::invalid, "--live: {} is the other bus, too", name_of(left));
  const auto one = open_bus(left), other = open_bus(right);
  Signals signals;
  return bridge(program, *one, *other, outlet_rules_of(options), signals);
}

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  Program program("canplayer", "Replay CAN logs onto a bus.",
                  "canplayer [options] INPUT... [TO=FROM...]",
                  "  canplayer -i udp_multicast drive.blf\n"
                  "  canplayer -i udp_multicast -v -s 1 drive.asc     (no pause over a second)\n"
                  "  canplayer -i udp_multicast --speed 2 -l 10 drive.log\n"
                  "  canplayer -I drive.log vcan0=can0 stdout=can1    (as in can-utils)\n"
                  "  canplayer -i udp_multicast --live socketcan:can0 (a bridge of two buses)");
  PlayOptions options;
  add_options(program.app(), options);
  BusOptions bus(program, BusOptions::Filtering::no);
  LogFileOptions log(program, LogFileOptions::Use::both);
  const auto play = [&] {
    check(program.app(), options, log);
    if (options.no_loopback) bus.require(can::OptionRole::local_loopback, "false", "-x");
    options.catalog = load_catalog(program, options.signals);
    const bool named = replace_names(options.selection.filters, options.catalog.get());
    if (options.catalog && !named && options.sets.empty())
      can::fail(can::Errc::invalid, "--dbc: expected --set, or a message's name in --filter");
    if (!options.live.empty()) return live(program, options, bus);
    Player player(program, options, log, bus);
    can::Signals signals;
    return player.run(signals);
  };
  return program.run(argc, argv, play, is_log_on_stdin());
}
