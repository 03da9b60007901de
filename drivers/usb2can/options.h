// SPDX-License-Identifier: MIT
#pragma once

#include "drivers/support/vendor_options.h"

/// The options (-o) of a CANAL bus, by python-can's names where it has them.
namespace can::usb2can {

using namespace vendor_options;

inline constexpr Option kDll = {.name = "dll", .help = "the same as library, as in python-can"};
inline constexpr Option kSerial = {.name = "serial",
                                   .help = "serial number of the device, in place of a channel"};
inline constexpr Option kFlags = {.name = "flags",
                                  .help = "flags for CanalOpen(); 8: messages of the state",
                                  .kind = OptionKind::number,
                                  .preset = "8",
                                  .max = 0xFFFFFFFF};

inline constexpr Option kOptions[] = {kLibrary,     kDll,       kSerial, kFlags,
                                      kSamplePoint, kReconnect, kWait};

}  // namespace can::usb2can
