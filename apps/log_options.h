// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "apps/cli.h"
#include "formats/registry/registry.h"

namespace can::cli {

/// The options that say how a log is read or written: --format, --tz and the like.
class LogFileOptions {
 public:
  enum class Use { read, write, both };

  /// `console_format` is what "-" is written as where --format says nothing; "": it has to.
  LogFileOptions(Program& program, Use use, std::string console_format = {});

  /// For a log at `path`: on a terminal it may have colours.
  LogOptions options(const std::string& path = {}) const;
  /// What --format names, and --csv-dialect makes of it; null: by the path.
  const Format* writing(const std::string& path) const;
  /// What --from names; null: by path and content.
  const Format* reading() const;

 private:
  bool coloured(const std::string& path) const;

  std::string console_format_;
  std::string format_, from_, zone_ = "local", csv_dialect_ = "python-can", console_time_ = "a";
  std::string colour_ = "auto";
  bool error_words_ = false;
  int compression_level_ = -1;
  unsigned threads_ = 0;
};

}  // namespace can::cli
