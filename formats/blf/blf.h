// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "cansuite/formats.h"

namespace can::blf {

/// Throws Errc::corrupt for what is no BLF log.
std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);

/// The preset is that of Vector's logs. A log that is cut loses at most one container.
inline constexpr Option kContainer = {.name = "container-size",
                                      .help = "bytes of a container before compression",
                                      .kind = OptionKind::number,
                                      .preset = "131072",
                                      .min = 1024,
                                      .max = 16 * 1024 * 1024};

/// Throws Errc::corrupt where the sink appends to what is no BLF log.
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);

}  // namespace can::blf
