// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "formats/registry/outputs.h"
#include "formats/support/format.h"

namespace can {

/// What one log becomes several by.
struct Split {
  bool by_channel = false;
  std::chrono::nanoseconds every{};  ///< of the messages' time, where not by channel

  bool wanted() const { return by_channel || every.count() > 0; }
};

/// "channel", or a duration such as "10m". Throws Errc::invalid.
Split parse_split(std::string_view text);

/// A log in parts, each created with its first message: drive.asc.gz becomes drive_can0.asc.gz and
/// so on, or drive_000.asc.gz, ... A message whose time goes back stays in the part that is open.
/// The files stand in `outputs`, which outlives the log: commit them once it is closed.
/// Throws what create_log() throws.
std::unique_ptr<LogWriter> create_split_log(const std::string& path, const LogOptions& options,
                                            const Format& format, const Split& split,
                                            Outputs& outputs);

}  // namespace can
