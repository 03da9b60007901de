// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/option.h"

/// Options of all interfaces whose device may be unplugged.
namespace can::device_options {

inline constexpr Option kReconnect = {.name = "reconnect",
                                      .help = "wait for a device that was unplugged",
                                      .kind = OptionKind::flag,
                                      .preset = "false",
                                      .role = OptionRole::reconnect};
inline constexpr Option kWait = {.name = "wait",
                                 .help = "wait for a device that is missing at first, too",
                                 .kind = OptionKind::flag,
                                 .preset = "false",
                                 .role = OptionRole::wait};

}  // namespace can::device_options
