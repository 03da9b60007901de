// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cansuite/config.h"
#include "drivers/pcan/abi.h"

namespace can::pcan {

/// The settings of a channel.
struct Config {
  Handle channel = 0;                        ///< 0: by device_id
  std::optional<std::uint32_t> device_id{};  ///< stored in the device
  bool fd = false, receive_own = false;
  bool passive = false, auto_reset = false, flash = false;
  std::uint32_t bitrate = 0, data_bitrate = 0;  ///< 0: those of the registers
  std::uint16_t btr = 0;                        ///< classic
  std::string fd_timing;                        ///< as CAN_InitializeFD() takes it
};

/// Throws Errc::invalid.
Config make_config(const BusConfig& config);

}  // namespace can::pcan
