// SPDX-License-Identifier: MIT
#pragma once

#include "apps/cli.h"
#include "cansuite/bus.h"
#include "libcan/flow/outlet.h"
#include "libcan/platform/signals.h"

namespace can::cli {

/// Passes the messages of each bus on to the other one, until a signal. Error frames stay where
/// they are. Reports the numbers of messages at the end. Throws what ended a direction.
Exit bridge(const Program& program, Bus& left, Bus& right, const OutletRules& rules,
            Signals& signals);

}  // namespace can::cli
