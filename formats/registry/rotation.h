// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "formats/support/format.h"

namespace can {

/// When a recording goes on in a new file, and how many of the old ones stay.
struct Rotation {
  std::uint64_t most_bytes = UINT64_MAX;  ///< of a file; a few hundred messages may come on top
  std::chrono::nanoseconds every = std::chrono::nanoseconds::max();
  std::uint64_t keep = UINT64_MAX;  ///< completed files; older ones are deleted

  bool wanted() const {
    return most_bytes != UINT64_MAX || every != std::chrono::nanoseconds::max();
  }
};

/// A log that is always written to `path`; when it is time, it is closed and renamed with the time
/// and a number, as python-can names such files: drive.asc.gz is then
/// drive_2026-11-21T142501_#000.asc.gz. The number goes on from the files of this pattern that are
/// there, which count for `keep`, oldest by their number. Where the log is not appended to, what
/// stands at `path` at the start is renamed, too, not replaced.
/// A part that can't be deleted, and a log that somebody else moved, are told by
/// LogOptions::on_notice; recording goes on.
/// Throws what create_log() throws, and Errc::unsupported for standard output.
std::unique_ptr<LogWriter> create_rotating_log(const std::string& path, const LogOptions& options,
                                               const Format& format, IfThere if_there,
                                               const Rotation& rotation);

}  // namespace can
