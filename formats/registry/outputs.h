// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "formats/support/format.h"
#include "formats/support/replacement.h"

namespace can {

/// The files that a conversion writes: one, or the parts of a log. They take their places together,
/// once all are complete; without that they are gone and what was there stays.
class Outputs {
 public:
  explicit Outputs(const Format& format) : format_(format) {}

  /// A file for create_log(), which lives as long as this. Throws as Replacement does.
  const Replacement& add(const std::string& path) { return files_.emplace_back(path); }

  /// Throws Errc::io.
  void commit();

  /// Of a conversion that ended early: where a file would be replaced it stays, and the new one
  /// gets a name beside it, drive_partial.asc. Returns what to tell the user of each such file.
  std::vector<std::string> commit_beside();

 private:
  const Format& format_;
  std::deque<Replacement> files_;
};

}  // namespace can
