// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "cansuite/bus_state.h"

namespace can {

/// The error frame that tells that a controller is in this state now, for a device that makes none
/// itself: learn() reads it. With the error counters that `state` has.
Message state_frame(const BusState& state, std::chrono::nanoseconds time);

}  // namespace can
