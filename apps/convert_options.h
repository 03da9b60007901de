// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "apps/cli.h"
#include "apps/log_options.h"
#include "apps/selection_options.h"
#include "apps/signal_options.h"
#include "cansuite/log.h"
#include "formats/registry/stored_log.h"

namespace can::cli {

/// The command line of canconvert.
struct ConvertOptions {
  std::vector<std::string> logs;  // OUTPUT last, without --info and --output
  std::string output_option, split;
  std::string store, vehicle;  // folder of a store of vehicles, and one of them
  SelectionOptions selection;
  std::uint32_t bitrate = 500'000, data_bitrate = 2'000'000;
  bool keep_going = false, events = false, info = false, force = false, describe = false,
       repair = false;
  SignalOptions signals;

  bool output_is_last() const { return !info && output_option.empty(); }
  const std::string& output() const { return output_is_last() ? logs.back() : output_option; }
  std::span<const std::string> inputs() const {
    return std::span(logs).first(logs.size() - (output_is_last() ? 1 : 0));
  }
};

void add_options(CLI::App& app, ConvertOptions& options);

/// Refuses options that would have no effect beside others. Throws Errc::invalid.
void check(const CLI::App& app, const ConvertOptions& options, const LogFileOptions& log);

/// What --from-store, --vehicle, --start and --end name. Throws Errc::invalid.
StoredPart stored_part(const Program& program, const ConvertOptions& options);

/// The options for reading the inputs; with --events, events are printed on stderr.
LogOptions reading_options(const Program& program, const ConvertOptions& options,
                           const LogFileOptions& log);

}  // namespace can::cli
