// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "apps/cli.h"
#include "libcan/flow/recording.h"

namespace can::cli {

/// How a recording deals with its disk.
struct DiskOptions {
  std::string sync = "1s", buffer_size = "92M";
};

/// --sync and --buffer-size.
void add_options(CLI::App& app, DiskOptions& options);

std::chrono::nanoseconds sync_of(const DiskOptions& options);
/// Sets the flushes and the buffer.
void apply(const DiskOptions& options, Recording::Options& recording);

}  // namespace can::cli
