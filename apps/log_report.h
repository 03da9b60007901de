// SPDX-License-Identifier: MIT
#pragma once

#include "apps/cli.h"
#include "formats/registry/losses.h"
#include "libcan/model/log.h"

namespace can::cli {

/// Says what was skipped or repaired in a log that has been read.
void report_warnings(const Program& program, const LogReader& reader);

/// Says what a log that has been written can't hold of its messages.
void report_losses(const Program& program, const Format& format, const Losses& losses);

}  // namespace can::cli
