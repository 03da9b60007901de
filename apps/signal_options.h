// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/cli.h"
#include "cansuite/signals.h"

namespace can::cli {

/// The options of DBC files: --dbc, --signals.
struct SignalOptions {
  std::vector<std::string> files;  // "body.dbc" or "can0=body.dbc"
  std::vector<std::string> patterns;
  std::string step;  // of --resample
  bool hold = false, interpolate = false;
};

/// --dbc, which may be repeated.
void add_dbc_option(CLI::App& app, SignalOptions& options);
/// --signals.
void add_signals_option(CLI::App& app, SignalOptions& options, const char* help);
/// --signals, --resample and what goes with it: for a log of signals.
void add_content_options(CLI::App& app, SignalOptions& options);

/// Reads the files; null where there are none. What is wrong in a file is told on stderr. Throws as
/// load_dbc(), and Errc::invalid for patterns without a file, or a pattern that no signal has.
std::shared_ptr<const signals::Catalog> load_catalog(const Program& program,
                                                     const SignalOptions& options);

/// Replaces names of messages in texts of filters, as --filter takes them, by their ids; returns
/// whether there were any. Null: no names are known.
bool replace_names(std::vector<std::string>& filters, const signals::Catalog* catalog);

/// What a log of signals has; null where there are no files. Throws as load_catalog().
std::shared_ptr<const signals::LogContent> load_content(const Program& program,
                                                        const SignalOptions& options);

/// Prints what the files say of messages and signals, a JSON object a line.
Exit describe(const Program& program, const SignalOptions& options);

}  // namespace can::cli
