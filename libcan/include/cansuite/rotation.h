// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "cansuite/formats.h"

namespace can {

/// When a recording starts a new file, and how many completed files are kept.
struct Rotation {
  std::uint64_t max_bytes = UINT64_MAX;  ///< size of a file in bytes; 256 messages may exceed it
  std::chrono::nanoseconds every = std::chrono::nanoseconds::max();  ///< duration of a file
  std::uint64_t keep = UINT64_MAX;        ///< number of completed files; older ones are deleted
  std::uint64_t keep_bytes = UINT64_MAX;  ///< their size together; older ones are deleted

  /// Whether a file ever ends by these settings.
  bool wanted() const {
    return max_bytes != UINT64_MAX || every != std::chrono::nanoseconds::max();
  }
  /// Whether completed files are ever deleted.
  bool deletes() const { return keep != UINT64_MAX || keep_bytes != UINT64_MAX; }
};

/// A log that is written to `path`. At the rotation it is closed and renamed with the time and a
/// number, as by python-can: drive.asc.gz becomes drive_2026-11-21T142501_#000.asc.gz. The number
/// continues that of the existing files of this pattern, which count for `keep`, the oldest by
/// number. Unless it appends, an existing file at `path` is renamed, too, not replaced.
/// LogOptions::on_notice reports a part that can't be deleted, and a log that another program
/// moved; recording continues. Throws as create_log(), and Errc::unsupported for standard output.
std::unique_ptr<LogWriter> create_rotating_log(const std::string& path, const LogOptions& options,
                                               const Format& format, IfThere if_there,
                                               const Rotation& rotation);

}  // namespace can
