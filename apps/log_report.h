// SPDX-License-Identifier: MIT
#pragma once

#include "apps/cli.h"
#include "cansuite/log.h"
#include "formats/registry/losses.h"

namespace can::cli {

/// Prints the warnings of a reader on stderr: skipped and repaired parts.
void report_warnings(const Program& program, const LogReader& reader);

/// Prints the losses of the written format on stderr.
void report_losses(const Program& program, const Format& format, const Losses& losses);

}  // namespace can::cli
