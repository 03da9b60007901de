// SPDX-License-Identifier: MIT
// canviewer: shows what is on a bus, in the terminal.

#include <unistd.h>

#include <filesystem>

#include "apps/bus_options.h"
#include "apps/cli.h"
#include "apps/load_report.h"
#include "apps/log_options.h"
#include "apps/option_rules.h"
#include "apps/signal_options.h"
#include "apps/viewer/viewer.h"
#include "cansuite/merged_log.h"
#include "libcan/model/fail.h"
#include "libcan/platform/signals.h"

namespace can::cli {
namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string filter;
  SignalOptions signals;
};

/// An argument is a channel where no log has that name, nor the extension of a log.
bool is_log(const std::string& argument) {
  std::error_code ignored;
  return std::filesystem::exists(argument, ignored) || argument.find('/') != argument.npos ||
         find_format(std::filesystem::path(argument).extension().string()) != nullptr;
}

void take_channels(Options& options, BusOptions& bus) {
  std::vector<std::string> logs;
  for (const std::string& argument : options.inputs)
    if (is_log(argument))
      logs.push_back(argument);
    else
      bus.add_argument(parse_candump_argument(argument));
  if (!logs.empty() && (bus.has_arguments() || bus.names_channel()))
    fail(Errc::invalid, "{}: a log is not shown together with a bus", logs.front());
  options.inputs = logs;
}

/// Refuses options that would have no effect.
void check(const CLI::App& app, bool shows_logs) {
  refuse_without(app, {"--list-formats", "--list-interfaces", "--show-config"}, {"--json"});
  if (!shows_logs) return refuse(app, {"--from", "--tz", "--threads"}, "a bus");
  refuse(app, {"--filter"}, "a log, of which --show chooses rows");
  refuse(app,
         {"--interface", "--bitrate", "--data-bitrate", "--fd", "--option", "--bus-kwargs",
          "--config-section"},
         "a log");
}

std::unique_ptr<Feed> feed_of(const Options& options, const BusOptions& bus,
                              const LogFileOptions& log, LoadMeter& meter) {
  if (options.inputs.empty()) return std::make_unique<BusFeed>(open_metered(bus.configs(), meter));
  std::vector<std::unique_ptr<LogReader>> logs;
  for (const std::string& path : options.inputs)
    logs.push_back(open_log(path, log.options(), log.reading()));
  if (logs.size() == 1) return std::make_unique<LogFeed>(std::move(logs.front()), Pacer::Pace{});
  return std::make_unique<LogFeed>(std::make_unique<MergedLog>(std::move(logs)), Pacer::Pace{});
}

std::string title_of(const Options& options, const BusOptions& bus) {
  if (options.inputs.size() == 1) return options.inputs.front();
  if (!options.inputs.empty()) return fmt::format("{} logs", options.inputs.size());
  std::string title;
  for (const BusConfig& config : bus.configs())
    title += (title.empty() ? "" : ", ") + name_of(config);
  return title;
}

Meanings meanings_of(const Program& program, const Options& options) {
  const auto catalog = load_catalog(program, options.signals);
  return catalog ? Meanings(*catalog) : Meanings();
}

/// Ten screens a second, and one for each key.
void show(Viewer& viewer, Signals& signals) {
  constexpr auto kStep = std::chrono::milliseconds(100);
  Terminal terminal;
  auto next = std::chrono::steady_clock::now();
  while (signals.received() == 0 && !viewer.finished()) {
    if (std::chrono::steady_clock::now() >= next) {
      viewer.step();
      next += kStep;
    }
    terminal.show(viewer.screen(terminal.size()));
    signals.wait_until(next, STDIN_FILENO);
    for (int key = terminal.key(); key != kNoKey; key = terminal.key())
      viewer.type(key, terminal.size());
    if (Terminal::hung_up()) break;
  }
}

Exit view(const Program& program, const Options& options, const BusOptions& bus,
          const LogFileOptions& log) {
  LoadMeter meter;
  Signals signals;
  Viewer viewer(title_of(options, bus), feed_of(options, bus, log, meter), meter,
                meanings_of(program, options));
  viewer.filter(options.filter);
  show(viewer, signals);
  // The thread that reads a log may wait for a pipe whose writer stays.
  if (!options.inputs.empty()) leave(static_cast<int>(Exit::ok));
  return Exit::ok;
}

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  Program program("canviewer", "Show what is on a CAN bus.",
                  "canviewer [options] [INPUT...|CHANNEL...]",
                  "  canviewer -i udp_multicast\n"
                  "  canviewer can0 can1,700:700                 (as canlogger)\n"
                  "  canviewer drive.blf                         (a log, at its times)");
  Options options;
  program.app()
      .add_option("INPUT", options.inputs, "Logs to show, or channels, as can0")
      ->type_name("");
  program.app()
      .add_option("--show", options.filter, "Rows to show at first, as typed behind /")
      ->type_name("TEXT");
  add_dbc_option(program.app(), options.signals);
  BusOptions bus(program, BusOptions::Filtering::yes, BusOptions::Buses::many);
  LogFileOptions log(program, LogFileOptions::Use::read);
  const auto body = [&] {
    take_channels(options, bus);
    check(program.app(), !options.inputs.empty());
    return view(program, options, bus, log);
  };
  return program.run(argc, argv, body, true);
}
