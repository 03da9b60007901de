// SPDX-License-Identifier: MIT
#pragma once

#include "apps/cli.h"
#include "apps/convert_options.h"
#include "apps/log_options.h"

namespace can::cli {

/// Converts the inputs into the output and prints losses and skipped parts on stderr. Throws what
/// reading and writing throw; an existing output is unchanged then.
Exit convert(const Program& program, const ConvertOptions& options, const LogFileOptions& log);

}  // namespace can::cli
