// SPDX-License-Identifier: MIT
#include "apps/play_options.h"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <filesystem>

#include "apps/values.h"
#include "formats/registry/publication.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kDefaultGap = 100us;  // as in python-can, with --ignore-timestamps

bool is_assignment(const std::string& text) {
  std::error_code ignored;
  return text.find('=') != text.npos && !std::filesystem::exists(text, ignored);
}

/// The texts on both sides of '='. Throws Errc::invalid with `what` if one is missing.
std::pair<std::string, std::string> split(const std::string& text, std::string_view what) {
  const std::size_t sign = text.find('=');
  if (sign == text.npos || sign == 0 || sign + 1 == text.size())
    fail(Errc::invalid, "{}, got {}", what, quote(text));
  return {text.substr(0, sign), text.substr(sign + 1)};
}

/// In thousandths of the log's; 0: as fast as the bus takes the messages.
std::uint32_t speed_of(const std::string& text) {
  if (text == "max") return 0;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || !(value >= 0.001 && value <= 1000))
    fail(Errc::invalid, "--speed: expected a factor from 0.001 to 1000, or max, got {}",
         quote(text));
  return static_cast<std::uint32_t>(std::lround(value * 1000));
}

Pacer::Pace pace_of(const PlayOptions& options) {
  const std::uint32_t speed = speed_of(options.speed);
  Pacer::Pace pace{.skip = parse_duration(options.skip, 1s),
                   .ignore_timestamps = options.ignore_timestamps || speed == 0};
  if (speed != 0) pace.speed = speed;
  if (options.on_late != "shift")
    pace.on_late = options.on_late == "drop" ? OnLate::drop : OnLate::burst;
  if (!options.gap.empty())
    pace.gap = parse_duration(options.gap, 1ms);
  else if (options.ignore_timestamps)
    pace.gap = kDefaultGap;
  if (!options.max_age.empty()) pace.max_age = parse_duration(options.max_age, 1s);
  if (pace.skip == 0ns) pace.skip = nanoseconds::max();  // as in python-can: 0 keeps all pauses
  return pace;
}

void add_pace(CLI::App& app, PlayOptions& options) {
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Replay");
  };
  const auto flag = [&](const char* names, bool& value, const char* help) {
    app.add_flag(names, value, help)->group("Replay");
  };
  add("--speed", options.speed, "FACTOR|max", "Faster (2) or slower (0.5) than recorded [1]");
  add("-g,--gap", options.gap, "MS", "Minimum time between messages, in ms [0]")
      ->check(time_span(1ms, Zero::taken));
  add("-s,--skip", options.skip, "S", "Shorten longer pauses to this, in s [86400]")
      ->check(time_span(1s, Zero::taken));
  flag("-t,--ignore-timestamps", options.ignore_timestamps, "Send with the gap only [0.1 ms]");
  add("-l,--loop", options.loops, "N|i", "Play the log N times, or without end [1]");
  add("-n,--count", options.count, "N", "End after N messages")->transform(whole_number(1));
  add("--align", options.align, "TIME", "Begin at a full 10s, 1m, ... of the clock, or @EPOCH");
  flag("--step", options.step, "Send a message for each key, or line of stdin");
}

void add_trouble(CLI::App& app, PlayOptions& options) {
  const auto choice = [&](const char* name, std::string& value, const char* words,
                          const char* help) {
    const std::string all = words;
    std::vector<std::string> known = CLI::detail::split(all, '|');
    app.add_option(name, value, help)
        ->type_name(words)
        ->group("Replay")
        ->check(CLI::IsMember(known).description(""));
  };
  choice("--on-late", options.on_late, "shift|burst|drop", "Handling of late messages [shift]");
  app.add_option("--max-age", options.max_age, "Drop messages that are later than this")
      ->type_name("TIME")
      ->group("Replay")
      ->check(time_span(1s));
  choice("--on-full", options.on_full, "stop|wait|drop", "If the bus takes no messages [stop]");
  choice("--unsendable", options.unsendable, "stop|skip",
         "Messages that the bus can't have [stop]");
  const auto flag = [&](const char* name, bool& value, const char* help) {
    app.add_flag(name, value, help)->group("Replay");
  };
  flag("-x,--no-loopback", options.no_loopback, "SocketCAN: not to this host's programs");
  flag("--error-frames", options.error_frames, "Send error frames too");
  flag("--keep-going", options.keep_going, "Skip damaged places, with warnings");
  app.add_option("--spin", options.spin, "Busy waiting before a message is due, in us [auto]")
      ->type_name("auto|off|US")
      ->group("Replay");
  flag("--realtime", options.realtime, "Run at real-time priority, with locked memory");
}

/// A bridge has no log, and no times.
void check_live(const CLI::App& app, const LogFileOptions& log) {
  refuse_beside(
      app, "--live",
      with({"--file-name", "--json",    "--gap",        "--skip",        "--ignore-timestamps",
            "--speed",     "--loop",    "--count",      "--align",       "--step",
            "--on-late",   "--max-age", "--spin",       "--realtime",    "--error-frames",
            "--dbc",       "--set",     "--filter",     "--log-channel", "--only",
            "--start",     "--end",     "--keep-going", "--from",        "--tz",
            "--threads"},
           log.of_writing()));
}

/// Without the times of the log no message has a pause before it, nor is late.
void check_pace(const CLI::App& app, const PlayOptions& options) {
  refuse_beside(app, "--step",
                {"--gap", "--skip", "--ignore-timestamps", "--speed", "--align", "--on-late",
                 "--max-age", "--spin"});
  refuse_beside(app, "--ignore-timestamps", {"--speed", "--max-age"});
  if (options.speed == "max") refuse(app, {"--skip", "--max-age"}, "--speed max");
  if (options.on_late == "drop" && (options.ignore_timestamps || options.speed == "max"))
    fail(Errc::invalid, "--on-late drop: not allowed with {}",
         options.ignore_timestamps ? "--ignore-timestamps" : "--speed max");
}

}  // namespace

void check(const CLI::App& app, const PlayOptions& options, const LogFileOptions& log) {
  check_live(app, log);
  check_pace(app, options);
  refuse_without(app, {"--file-name"}, log.of_writing());
  if (!is_publication(options.file)) return;
  refuse(app, {"--ack-timeout"}, "a replay, which never waits for a sink");
  refuse(app, {"--tx-allow"}, "a replay, which sends only its log");
}

void add_options(CLI::App& app, PlayOptions& options) {
  app.add_option("INPUT", options.positionals, "Logs to replay, joined by time; - is stdin")
      ->type_name("");
  app.add_option("-I,--input", options.input_option, "The same, as in can-utils")
      ->type_name("FILE")
      ->group("Replay");
  app.add_option("--map", options.maps, "Send a channel of the log on TO; may be repeated")
      ->type_name("FROM=TO")
      ->group("Replay")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_dbc_option(app, options.signals);
  app.add_option("--set", options.sets, "'Speed=100' in each message; may be repeated")
      ->type_name("SIGNAL=VALUE")
      ->group("Signals")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--live", options.live, "No log: a bridge between this bus and the other")
      ->type_name("NAME:CHANNEL")
      ->group("Replay");
  app.add_option("-f,--file_name,--file-name", options.file, "Also log the sent messages")
      ->type_name("FILE")
      ->group("Replay");
  add_pace(app, options);
  add_options(app, options.selection, "--log-channel");
  add_trouble(app, options);
}

std::vector<std::string> inputs_of(const PlayOptions& options) {
  std::vector<std::string> inputs;
  if (!options.input_option.empty()) inputs.push_back(options.input_option);
  for (const std::string& text : options.positionals)
    if (!is_assignment(text)) inputs.push_back(text);
  if (inputs.empty() && is_log_on_stdin()) inputs.emplace_back("-");
  if (inputs.empty()) fail(Errc::invalid, "INPUT is required; - is standard input");
  return inputs;
}

bool is_log_on_stdin() {
  struct ::stat about {};
  return ::fstat(STDIN_FILENO, &about) == 0 && !S_ISCHR(about.st_mode);
}

Routes routes_of(const PlayOptions& options) {
  Routes routes;
  for (const std::string& map : options.maps) {
    const auto [from, to] = split(map, "--map: expected FROM=TO");
    routes.assign(from, to);
  }
  for (const std::string& text : options.positionals) {
    if (!is_assignment(text)) continue;
    const auto [to, from] = split(text, "expected TO=FROM");
    routes.assign(from, to);
  }
  return routes;
}

OutletRules outlet_rules_of(const PlayOptions& options) {
  return {.on_full = options.on_full == "wait"   ? OnFull::wait
                     : options.on_full == "drop" ? OnFull::drop
                                                 : OnFull::stop,
          .skip_unsendable = options.unsendable == "skip"};
}

Replay::Options replay_options_of(const PlayOptions& options) {
  return {.pace = pace_of(options),
          .error_frames = options.error_frames,
          .rules = outlet_rules_of(options),
          .stepwise = options.step,
          .max_messages = options.count};
}

std::uint64_t loops_of(const PlayOptions& options) {
  if (options.loops == "i" || options.loops == "infinite") return UINT64_MAX;
  std::uint64_t loops = 0;
  const char* end = options.loops.data() + options.loops.size();
  const auto [rest, error] = std::from_chars(options.loops.data(), end, loops);
  if (error != std::errc{} || rest != end || loops == 0)
    fail(Errc::invalid, "--loop: expected a number of at least 1, or i, got {}",
         quote(options.loops));
  return loops;
}

std::optional<nanoseconds> spin_of(const PlayOptions& options) {
  if (options.spin == "auto") return {};
  if (options.spin == "off") return 0ns;
  const nanoseconds spin = parse_duration(options.spin, 1us);
  if (spin > 10ms)
    fail(Errc::invalid, "--spin: expected at most 10ms, got {}", quote(options.spin));
  return spin;
}

std::optional<Pacer::Clock::time_point> start_of(const PlayOptions& options) {
  if (options.align.empty()) return {};
  const nanoseconds now = std::chrono::system_clock::now().time_since_epoch();
  nanoseconds wait{};
  if (options.align.starts_with('@')) {
    wait = parse_log_time(options.align).time - now;
    if (wait < 0ns) fail(Errc::invalid, "--align: {} has passed", options.align);
  } else {
    const nanoseconds period = parse_duration(options.align, 1s);
    if (period < 1ms) fail(Errc::invalid, "--align: expected at least 1ms, got {}", options.align);
    wait = period - now % period;
  }
  return Pacer::Clock::now() + wait;
}

}  // namespace can::cli
