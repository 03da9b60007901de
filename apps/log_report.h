// SPDX-License-Identifier: MIT
#pragma once

#include "apps/cli.h"
#include "formats/registry/losses.h"
#include "libcan/model/log.h"

namespace can::cli {

/// Prints on stderr what a reader skipped or repaired.
void report_warnings(const Program& program, const LogReader& reader);

/// Prints on stderr what the written format couldn't keep of the messages.
void report_losses(const Program& program, const Format& format, const Losses& losses);

}  // namespace can::cli
