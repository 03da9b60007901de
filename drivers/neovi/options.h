// SPDX-License-Identifier: MIT
#pragma once

#include "drivers/support/vendor_options.h"

/// The options (-o) of a neoVI bus, by python-can's names where it has them.
namespace can::neovi {

using namespace vendor_options;

inline constexpr Option kSerial = {
    .name = "serial", .help = "serial number of the device", .unset = "the first that is free"};
inline constexpr Option kTypeFilter = {.name = "type_filter",
                                       .help = "types of devices to take, as bits",
                                       .kind = OptionKind::number,
                                       .preset = "0xFFFFFFFF",
                                       .min = 1,
                                       .max = 0xFFFFFFFF};
inline constexpr Option kSystemTime =
    flag("use_system_timestamp", "false", "times of arrival in place of the device's");

inline constexpr Option kOptions[] = {kLibrary,    kSerial,    kTypeFilter,
                                      kSystemTime, kReconnect, kWait};

}  // namespace can::neovi
