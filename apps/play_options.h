// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli.h"
#include "apps/log_options.h"
#include "apps/selection_options.h"
#include "apps/signal_options.h"
#include "libcan/flow/replay.h"

namespace can::cli {

/// The command line of canplayer.
struct PlayOptions {
  std::string file, gap, skip = "86400", on_late = "shift", on_full = "stop", unsendable = "stop",
                         input_option, live, speed = "1", loops = "1", spin = "auto", align,
                         max_age;
  std::vector<std::string> positionals, maps, sets;
  SignalOptions signals;
  std::shared_ptr<const signals::Catalog> catalog;  // of `signals`; null: without --dbc
  SelectionOptions selection;
  std::uint64_t count = UINT64_MAX;
  bool ignore_timestamps = false, error_frames = false, keep_going = false, step = false,
       realtime = false, no_loopback = false;
};

void add_options(CLI::App& app, PlayOptions& options);

/// Refuses options that would have no effect beside others. Throws Errc::invalid.
void check(const CLI::App& app, const PlayOptions& options, const LogFileOptions& log);

/// The logs: the value of -I, else the arguments that are no TO=FROM; standard input where there is
/// none and it is no terminal. Throws Errc::invalid.
std::vector<std::string> inputs_of(const PlayOptions& options);

/// The assignments by --map FROM=TO and by the arguments TO=FROM, as in can-utils: vcan0=can0 sends
/// the messages of the log's channel can0 on vcan0. Throws Errc::invalid.
Routes routes_of(const PlayOptions& options);

OutletRules outlet_rules_of(const PlayOptions& options);

/// Whether somebody writes to standard input, or a file is led into it: no terminal, nor /dev/null.
bool is_log_on_stdin();

/// Throws Errc::invalid.
Replay::Options replay_options_of(const PlayOptions& options);

/// How often the logs are played; UINT64_MAX: without end. Throws Errc::invalid.
std::uint64_t loops_of(const PlayOptions& options);

/// The time to spin; empty: auto. Throws Errc::invalid.
std::optional<std::chrono::nanoseconds> spin_of(const PlayOptions& options);

/// When the first message is due, by --align; empty: at once. Throws Errc::invalid.
std::optional<Pacer::Clock::time_point> start_of(const PlayOptions& options);

}  // namespace can::cli
