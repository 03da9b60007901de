// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "cansuite/bus.h"
#include "cansuite/log.h"

namespace can::cli {

/// A bus that prints what is sent, as lines of candump's log on standard output: the target of
/// "stdout=can0". Nothing is ever received.
std::unique_ptr<Bus> open_print_bus();

}  // namespace can::cli
