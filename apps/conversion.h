// SPDX-License-Identifier: MIT
#pragma once

#include "apps/cli.h"
#include "apps/convert_options.h"
#include "apps/log_options.h"

namespace can::cli {

/// Converts the inputs into the output and prints losses and skipped parts on stderr. Throws errors
/// of reading and writing, which leave an existing output unchanged.
Exit convert(const Program& program, const ConvertOptions& options, const LogFileOptions& log);

}  // namespace can::cli
