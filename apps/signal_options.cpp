// SPDX-License-Identifier: MIT
#include "apps/signal_options.h"

#include <algorithm>
#include <filesystem>

#include "apps/values.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/platform/file_use.h"
#include "libcan/platform/standard_output.h"
#include "libcan/signals/description.h"
#include "libcan/signals/name_filter.h"

namespace can::cli {
namespace {

/// "can0=body.dbc": a channel and a file; a file with such a name is meant where there is one.
std::pair<std::string, std::string> split(const std::string& argument) {
  const std::size_t equals = argument.find('=');
  std::error_code ignored;
  if (equals == argument.npos || std::filesystem::exists(argument, ignored)) return {"", argument};
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

signals::BoundDatabase load(const Program& program, const std::string& argument) {
  const auto [channel, path] = split(argument);
  if (path.empty())
    fail(Errc::invalid, "--dbc: expected FILE or CHANNEL=FILE, got {}", quote(argument));
  keep_as_input(path);
  const auto warn = [&](const std::string& text) { program.warn("warning: " + text); };
  return {std::make_shared<const signals::Database>(signals::load_dbc(path, warn)),
          channel.empty() ? Channel{} : Channel(channel)};
}

/// A misspelt pattern would select nothing without a word.
void check_patterns(const signals::Catalog& catalog) {
  for (const std::string& pattern : catalog.patterns) {
    const signals::Catalog one{.databases = {}, .patterns = {pattern}};
    const bool found = std::ranges::any_of(catalog.databases, [&](const auto& bound) {
      return std::ranges::any_of(bound.database->messages, [&](const auto& message) {
        return std::ranges::any_of(message.signals, [&](const signals::Signal& signal) {
          return signals::selects(one, message, signal);
        });
      });
    });
    if (!found) fail(Errc::invalid, "--signals: no message or signal is named {}", quote(pattern));
  }
}

}  // namespace

void add_dbc_option(CLI::App& app, SignalOptions& options) {
  app.add_option("--dbc", options.files, "What the bytes mean; CHANNEL=FILE: on one channel")
      ->type_name("FILE")
      ->group("Signals")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_signals_option(CLI::App& app, SignalOptions& options, const char* help) {
  app.add_option("--signals", options.patterns, help)->type_name("NAME...")->group("Signals");
}

void add_content_options(CLI::App& app, SignalOptions& options) {
  add_signals_option(app, options, "Only these: 'Engine*', 'Brake.Pressure' [all]");
  app.add_option("--resample", options.step, "A row each 10ms, 1s, ..., a column a signal")
      ->type_name("TIME")
      ->group("Signals")
      ->check(time_span(std::chrono::seconds(1)));
  const auto add_flag = [&](const char* name, bool& value, const char* help) {
    return app.add_flag(name, value, help)->group("Signals");
  };
  auto* const hold = add_flag("--hold", options.hold, "With --resample: the last value [so]");
  add_flag("--interpolate", options.interpolate, "With --resample: on the line to the next value")
      ->excludes(hold);
}

std::shared_ptr<const signals::Catalog> load_catalog(const Program& program,
                                                     const SignalOptions& options) {
  if (options.files.empty() && !options.patterns.empty())
    fail(Errc::invalid, "--signals: expected --dbc FILE, which defines the signals");
  if (options.files.empty()) return nullptr;
  auto catalog = std::make_shared<signals::Catalog>();
  for (const std::string& file : options.files) catalog->databases.push_back(load(program, file));
  catalog->patterns = options.patterns;
  check_patterns(*catalog);
  return catalog;
}

bool replace_names(std::vector<std::string>& filters, const signals::Catalog* catalog) {
  const std::vector<std::string> given = filters;
  if (catalog)
    for (std::string& filter : filters) filter = signals::with_ids(filter, *catalog);
  return filters != given;
}

std::shared_ptr<const signals::LogContent> load_content(const Program& program,
                                                        const SignalOptions& options) {
  if (options.step.empty() && (options.hold || options.interpolate))
    fail(Errc::invalid, "--hold and --interpolate need --resample TIME");
  const auto catalog = load_catalog(program, options);
  if (!catalog && !options.step.empty())
    fail(Errc::invalid, "--resample: expected --dbc FILE, which defines the signals");
  if (!catalog) return nullptr;
  auto content = std::make_shared<signals::LogContent>();
  content->catalog = *catalog;
  content->interpolate = options.interpolate;
  if (!options.step.empty()) content->step = parse_duration(options.step, std::chrono::seconds(1));
  return content;
}

Exit describe(const Program& program, const SignalOptions& options) {
  const auto catalog = load_catalog(program, options);
  if (!catalog) fail(Errc::invalid, "--describe: expected --dbc FILE");
  for (const signals::BoundDatabase& bound : catalog->databases)
    for (const signals::MessageDefinition& message : bound.database->messages)
      std::fprintf(standard_output_stream(), "%s\n", signals::describe(message).c_str());
  return Exit::ok;
}

}  // namespace can::cli
