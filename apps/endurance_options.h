// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "apps/cli.h"
#include "libcan/flow/recording.h"

namespace can::cli {

/// What a long recording does about its disk and the clock.
struct EnduranceOptions {
  std::string sync = "1s", write_interval, buffer_size = "92M", clock = "wall";
};

/// --sync, --write-interval, --buffer-size and --clock.
void add_options(CLI::App& app, EnduranceOptions& options);

std::chrono::nanoseconds sync_of(const EnduranceOptions& options);
/// Sets the flushes, the buffer and the clock. Throws Errc::invalid for options that exclude each
/// other.
void apply(const EnduranceOptions& options, Recording::Options& recording);

}  // namespace can::cli
