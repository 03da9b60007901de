// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "cansuite/formats.h"
#include "formats/support/replacement.h"

namespace can {

/// The files that a conversion writes: one, or the parts of a log. They replace existing files
/// together, once all are complete. Without commit() they are removed and existing files stay.
class Outputs {
 public:
  explicit Outputs(const Format& format) : format_(format) {}

  /// A file for create_log(), valid as long as the object. Throws as Replacement does.
  const Replacement& add(const std::string& path) { return files_.emplace_back(path); }

  /// Replaces the files. Throws Errc::io.
  void commit();

  /// Completes a conversion that ended early: an existing file stays, and the new one is named
  /// drive_partial.asc beside it. Returns a text for the user for each such file.
  std::vector<std::string> commit_beside();

 private:
  const Format& format_;
  std::deque<Replacement> files_;
};

}  // namespace can
