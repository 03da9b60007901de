// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/option.h"
#include "drivers/support/device_options.h"
#include "libcan/platform/vendor_library.h"

/// Options that several interfaces of vendors' libraries have.
namespace can::vendor_options {

constexpr Option flag(std::string_view name, std::string_view preset, std::string_view help) {
  return {.name = name, .help = help, .kind = OptionKind::flag, .preset = preset};
}

/// From 0; 0: not given.
constexpr Option number(std::string_view name, std::int64_t max, std::string_view help) {
  return {.name = name, .help = help, .kind = OptionKind::number, .preset = "0", .max = max};
}

using device_options::kReconnect;
using device_options::kWait;

inline constexpr Option kFlash = {.name = "flash",
                                  .help = "the LED of the device blinks, which shows where it is",
                                  .kind = OptionKind::flag,
                                  .preset = "false"};
inline constexpr Option kSamplePoint = {.name = "sample_point",
                                        .help = "sample point of a bit, such as 0.875",
                                        .kind = OptionKind::fraction,
                                        .unset = "CiA's recommendation"};
inline constexpr Option kDataSamplePoint = {.name = "data_sample_point",
                                            .help = "sample point of CAN FD's data phase",
                                            .kind = OptionKind::fraction,
                                            .unset = "CiA's recommendation"};

}  // namespace can::vendor_options
