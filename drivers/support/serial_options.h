// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/option.h"
#include "drivers/support/device_options.h"

/// Options that all interfaces on a serial line have.
namespace can::serial_options {

constexpr Option baudrate_option(std::string_view preset) {
  return {.name = "baudrate",
          .help = "bit/s on the line",
          .kind = OptionKind::number,
          .preset = preset,
          .min = 1,
          .max = 100'000'000};
}
inline constexpr Option kBaudrate = baudrate_option("115200");
inline constexpr Option kRtscts = {
    .name = "rtscts", .help = "hardware flow control", .kind = OptionKind::flag, .preset = "false"};
using device_options::kReconnect;
using device_options::kWait;

inline constexpr std::string_view kClocks[] = {"host", "device"};

/// Whose clock the times of received messages are of.
constexpr Option timestamps_option(std::string_view preset) {
  return {.name = "timestamps",
          .help = "times of this machine's clock, or of the device's shifted to it",
          .kind = OptionKind::word,
          .preset = preset,
          .words = kClocks};
}

}  // namespace can::serial_options
