// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "apps/cli.h"
#include "cansuite/selection.h"

namespace can::cli {

/// Which messages of a log are wanted.
struct SelectionOptions {
  std::string start, end, only;
  std::vector<std::string> filters, channels;
};

/// --filter, --only, --start, --end and, under the name `channel`, the channels of the log.
void add_options(CLI::App& app, SelectionOptions& options, const char* channel);

/// Throws Errc::invalid.
Selection selection_of(const SelectionOptions& options);

}  // namespace can::cli
