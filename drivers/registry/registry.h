// SPDX-License-Identifier: MIT
#pragma once

#include "drivers/support/driver.h"

namespace can {

/// Every driver of drivers.def, in its order.
std::span<const Driver* const> all_drivers();

/// By name or alias; null when there is none.
const Driver* find_driver(std::string_view name);

/// Throws Errc::invalid for an interface (with the nearest name) or an option nobody knows; else
/// what the driver's open throws.
std::unique_ptr<Bus> open_bus(const BusConfig& config);

/// One bus, or several as one (BusGroup). Throws what open_bus() throws.
std::unique_ptr<Bus> open_buses(std::span<const BusConfig> configs);

}  // namespace can
