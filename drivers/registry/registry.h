// SPDX-License-Identifier: MIT
#pragma once

#include "drivers/support/driver.h"

namespace can {

/// Every driver of drivers.def, in its order.
std::span<const Driver* const> all_drivers();

/// The driver with this name or alias; null: none.
const Driver* find_driver(std::string_view name);

/// Opens a bus. Throws Errc::invalid for an unknown interface (with the most similar name) or
/// option; otherwise as Driver::open().
std::unique_ptr<Bus> open_bus(const BusConfig& config);

/// Opens one bus, or several as one (BusGroup). Throws as open_bus().
std::unique_ptr<Bus> open_buses(std::span<const BusConfig> configs);

}  // namespace can
