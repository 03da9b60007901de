// SPDX-License-Identifier: MIT
#pragma once

#include "apps/cli.h"
#include "apps/convert_options.h"
#include "apps/log_options.h"

namespace can::cli {

/// Converts the inputs into the output, and says on stderr what the user should know. Throws what
/// reading and writing throw; an existing output is then as it was.
Exit convert(const Program& program, const ConvertOptions& options, const LogFileOptions& log);

}  // namespace can::cli
