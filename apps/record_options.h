// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apps/cli.h"
#include "apps/endurance_options.h"
#include "apps/log_options.h"
#include "apps/signal_options.h"
#include "apps/trigger_options.h"
#include "cansuite/rotation.h"

namespace can::cli {

/// The command line of canlogger.
struct RecordOptions {
  std::string file = "-";
  std::uint64_t count = UINT64_MAX;
  std::string duration, timeout;
  bool append = false, no_reconnect = false, wait = false, active = false, passive = false;
  bool load = false;
  bool log_by_date = false, log_lines = false, extra = false;  // -l, -L, -x of candump
  std::vector<std::string> channels;                           // arguments, as in candump
  std::string file_size, rotate_every, keep_size;
  std::uint64_t keep = UINT64_MAX;
  EnduranceOptions endurance;
  SignalOptions signals;
  TriggerOptions trigger;
  std::shared_ptr<const signals::LogContent> content;  // null: no DBC file is given

  bool to_console() const { return file == "-"; }
  bool shows_load() const { return load && to_console(); }  ///< and no log
};

void add_options(CLI::App& app, RecordOptions& options);
/// The options of candump that are no option of python-can.
void add_candump_options(CLI::App& app, RecordOptions& options);

/// Refuses options that would have no effect on what is recorded, or where. Before the options of
/// candump are replaced. Throws Errc::invalid.
void check(const CLI::App& app, const RecordOptions& options, const LogFileOptions& log);

/// Throws Errc::invalid for a limit of parts without parts.
Rotation rotation_of(const RecordOptions& options);

}  // namespace can::cli
