// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "cansuite/message.h"
#include "drivers/nican/abi.h"

namespace can::nican {

Frame encode(const Message& message);

/// Sets all of a received message but its channel; false: it's no frame of the bus, nor an error of
/// it. `arrival`: the time of a message without one.
bool decode(const Received& received, std::chrono::nanoseconds arrival, Message& out);

}  // namespace can::nican
