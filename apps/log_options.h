// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "apps/cli.h"
#include "apps/option_rules.h"
#include "formats/registry/registry.h"

namespace can::cli {

/// The options for reading and writing a log: --format, --from, --tz and those of the formats.
class LogFileOptions {
 public:
  enum class Use { read, write, both };

  /// `console_format`: format for the output "-" without --format; empty: --format is then
  /// required. Besides the common options, each option that a format declares becomes one of the
  /// program.
  LogFileOptions(Program& program, Use use, std::string console_format = {});

  /// Sets format and options for where the user gave none.
  void prefer_format(const std::string& name);
  void prefer_console_format(const std::string& name) { console_format_ = name; }
  void prefer_option(const std::string& name, const std::string& value) {
    values_.emplace(name, value);
  }

  /// Writes these signals instead of frames; null: frames.
  void set_signals(std::shared_ptr<const signals::LogContent> content) {
    signals_ = std::move(content);
  }

  /// The same, where the format for writing to `path` has signals; returns whether it has.
  bool offer_signals(std::shared_ptr<const signals::LogContent> content, const std::string& path);

  LogOptions options() const;
  /// The format for writing to `path`: by --format, else by the extension. Throws Errc::invalid.
  const Format* writing(const std::string& path) const;
  /// The format that --from names; null: by extension and content.
  const Format* reading() const;

  /// The options that only a log that is written has: --format and those of the formats.
  const OptionNames& of_writing() const { return of_writing_; }

 private:
  const Format& named(const std::string& path) const;
  void add_options_of_formats(CLI::App& app);
  void add(CLI::App& app, const Option& option);

  std::string console_format_;
  std::string format_, from_, zone_ = "local";
  OptionValues values_;  // of the formats' options
  OptionNames of_writing_;
  unsigned threads_ = 0;
  std::shared_ptr<const signals::LogContent> signals_;
};

}  // namespace can::cli
