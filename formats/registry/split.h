// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "cansuite/formats.h"
#include "formats/registry/outputs.h"

namespace can {

/// How a log is split into parts.
struct Split {
  bool by_channel = false;           ///< one part a channel
  std::chrono::nanoseconds every{};  ///< duration of a part, in the messages' time; 0: none

  bool wanted() const { return by_channel || every.count() > 0; }
};

/// Reads "channel" or a duration such as "10m". Throws Errc::invalid.
Split parse_split(std::string_view text);

/// A log in parts, each created with its first message: drive.asc.gz becomes drive_can0.asc.gz and
/// so on, or drive_000.asc.gz and so on. A message whose time goes back stays in the current part.
/// The files are added to `outputs`, which outlives the log, and are to be committed once it is
/// closed. Throws as create_log().
std::unique_ptr<LogWriter> create_split_log(const std::string& path, const LogOptions& options,
                                            const Format& format, const Split& split,
                                            Outputs& outputs);

}  // namespace can
