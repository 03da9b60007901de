// SPDX-License-Identifier: MIT
// cansend: sends frames on a bus.

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "apps/bus_options.h"
#include "apps/cli.h"
#include "apps/console.h"
#include "apps/frame_argument.h"
#include "apps/generate.h"
#include "apps/option_rules.h"
#include "apps/signal_options.h"
#include "apps/values.h"
#include "cansuite/periodic.h"
#include "formats/registry/registry.h"
#include "libcan/model/ascii.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/platform/signals.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

/// Prints what is sent, with -v.
class Shown {
 public:
  explicit Shown(const Program& program)
      : log_(program.verbosity().verbose > 0 ? create_log("-", {}, &format_named("printer"))
                                             : nullptr) {}

  void show(std::span<const Message> messages) {
    if (!log_) return;
    log_->write(messages);
    log_->flush();
  }
  LogWriter* log() { return log_.get(); }

 private:
  std::unique_ptr<LogWriter> log_;
};

void send(Bus& bus, const Message& message, Shown& shown) {
  bus.send(message);
  shown.show({&message, 1});
}

/// Sends the frame of each line up to the end of standard input. Skips blank lines.
void send_lines(Bus& bus, Shown& shown, const signals::Catalog* catalog) {
  std::string line;
  for (int number = 1; std::getline(std::cin, line); ++number) {
    const std::string_view text = trim(line);
    if (text.empty()) continue;
    try {
      send(bus, frame_of(text, catalog), shown);
    } catch (const Error& error) {
      if (error.code() != Errc::invalid) throw;
      fail_at(fmt::format("standard input:{}", number), error);
    }
  }
}

/// As in can-utils, the first argument is the channel if it doesn't have the form of a frame.
/// `least`: arguments with which there is a channel.
void move_channel(BusOptions& bus, std::vector<std::string>& frames, std::size_t least,
                  const signals::Catalog* catalog) {
  if (frames.size() < least || frames.front() == "-" || is_frame(frames.front(), catalog)) return;
  if (bus.names_channel())
    fail(Errc::invalid, "{}: expected a frame, as -c names the channel", quote(frames.front()));
  bus.add_argument({.channel = frames.front()});
  frames.erase(frames.begin());
}

struct Options {
  std::vector<std::string> frames;
  std::string period, duration;
  std::uint64_t count = 0;
  GenerateOptions generated;
  SignalOptions signals;
};

void add_options(CLI::App& app, Options& options) {
  app.add_option("FRAME", options.frames, "123#DEADBEEF, 00000123#R4, 123##1AABB; - reads stdin")
      ->type_name("");
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Cyclic sending");
  };
  add("--period", options.period, "TIME", "Send again each 100ms, 1s, ...")->check(time_span(1s));
  add("-n,--count", options.count, "N", "Stop after N times")->transform(whole_number(1));
  add("--duration", options.duration, "TIME", "Stop after 10s, 5m, 1h")->check(time_span(1s));
  add_dbc_option(app, options.signals);
  add_generate_options(app, options.generated);
}

void check(const CLI::App& app, const Options& options) {
  refuse_beside(app, "--generate", {"--dbc"});
  refuse_beside(app, "--mix", {"--remote", "--brs"});
  if (!is_given(app, "--id")) refuse_beside(app, "--mix", {"--extended"});
  refuse_without(app, {"--list-interfaces", "--show-config"}, {"--json"});
  const bool generates = options.generated.wanted, cyclic = !options.period.empty();
  if (options.frames.empty() && !generates) fail(Errc::invalid, "FRAME is required");
  if (generates && !options.frames.empty())
    fail(Errc::invalid, "--generate: expected no frame, got {}", quote(options.frames.front()));
  if (generates && cyclic)
    fail(Errc::invalid, "--period: not allowed with --generate, which has --gap");
  if (!generates && !cyclic && options.count != 0)
    fail(Errc::invalid, "--count needs --period or --generate");
  if (!generates && !cyclic && !options.duration.empty())
    fail(Errc::invalid, "--duration needs --period or --generate");
}

/// The duration; without one, a century.
std::chrono::nanoseconds duration_of(const Options& options) {
  return options.duration.empty() ? std::chrono::hours(24 * 365 * 100)
                                  : parse_duration(options.duration, 1s);
}

/// Sends the messages periodically until the count, the duration or a signal.
void send_cyclically(const Program& program, Bus& bus, std::span<const Message> messages,
                     const Options& options) {
  using Clock = std::chrono::steady_clock;
  using std::chrono::nanoseconds;
  constexpr auto kLook = std::chrono::milliseconds(20);
  const Cycle cycle{.period = parse_duration(options.period, 1s), .count = options.count};
  const auto end = Clock::now() + duration_of(options);
  Signals signals;
  std::vector<std::unique_ptr<PeriodicTask>> tasks;
  for (const Message& message : messages) tasks.push_back(bus.send_periodic(message, cycle));
  const auto ended = [](const auto& task) { return task->wait(nanoseconds(0)); };
  while (Clock::now() < end && !std::all_of(tasks.begin(), tasks.end(), ended))
    if (signals.wait_until(std::min(end, Clock::now() + kLook)) != 0) break;
  std::uint64_t skipped = 0;
  for (const auto& task : tasks) {
    task->stop();
    skipped += task->skipped();
  }
  if (skipped > 0)
    program.warn(fmt::format("{} not sent: sending takes longer than the period",
                             counted(skipped, "message")));
}

void send_generated(const Program& program, const BusOptions& bus_options, const Options& options) {
  const BusConfig config = bus_options.config();
  const auto bus = open_bus(config);
  print_notices(program, *bus);
  Shown shown(program);
  const SendingLimits limits = {.count = options.count == 0 ? UINT64_MAX : options.count,
                                .duration = duration_of(options)};
  generate(program, *bus, options.generated, config.fd.value_or(false), limits, shown.log());
}

void send(const Program& program, const BusOptions& bus_options, const Options& options,
          const signals::Catalog* catalog) {
  const std::vector<std::string>& frames = options.frames;
  std::vector<Message> messages;  // all are checked before the first is sent
  for (const std::string& frame : frames)
    if (frame != "-") messages.push_back(frame_of(frame, catalog));
  if (!options.period.empty() && messages.size() < frames.size())
    fail(Errc::invalid, "--period: expected frames as arguments, got - (standard input)");
  const auto bus = bus_options.open();
  print_notices(program, *bus);
  Shown shown(program);
  if (!options.period.empty()) {
    shown.show(messages);
    return send_cyclically(program, *bus, messages, options);
  }
  auto next = messages.begin();
  for (const std::string& frame : frames) {
    if (frame == "-")
      send_lines(*bus, shown, catalog);
    else
      send(*bus, *next++, shown);
  }
  bus->flush();
}

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  Program program("cansend", "Send CAN frames.", "cansend [options] [CHANNEL] FRAME...",
                  "  cansend -i udp_multicast 123#DEADBEEF\n"
                  "  cansend can0 1ABCDEF0##1AABBCC 7FF#R4    (SocketCAN, as in can-utils)\n"
                  "  cansend can0 --dbc body.dbc 'Engine Speed=850.5 Gear=2'\n"
                  "  cansend -i udp_multicast --period 100ms -n 50 123#00\n"
                  "  cansend can0 --generate --gap 10 --id 123        (as cangen)\n"
                  "  seq 100 199 | sed 's/$/#00/' | cansend -i udp_multicast -");
  Options options;
  add_options(program.app(), options);
  BusOptions bus(program, BusOptions::Filtering::no);
  return program.run(argc, argv, [&] {
    const bool generates = options.generated.wanted;
    const auto catalog = load_catalog(program, options.signals);
    move_channel(bus, options.frames, generates ? 1 : 2, catalog.get());
    check(program.app(), options);
    if (generates)
      send_generated(program, bus, options);
    else
      send(program, bus, options, catalog.get());
    return Exit::ok;
  });
}
