// SPDX-License-Identifier: MIT
#pragma once

#include "apps/report/page.h"
#include "apps/report/text.h"

namespace can::cli {

/// What DBC files say of the log: the messages that aren't as they should be, and the signals that
/// were chosen, over time.
void write_signals(const ReportedSignals& signals, const Write& write);

}  // namespace can::cli
