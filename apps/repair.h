// SPDX-License-Identifier: MIT
#pragma once

#include "apps/convert_options.h"

namespace can::cli {

/// canconvert --repair: writes what a damaged, cut or unfinished log holds to a new one, and prints
/// what is lost. Throws Errc::not_found for a log without messages, and as open_log() and
/// create_log() do.
Exit repair(const Program& program, const ConvertOptions& options, LogFileOptions& log);

}  // namespace can::cli
