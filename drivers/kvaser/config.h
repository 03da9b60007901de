// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "cansuite/config.h"

namespace can::kvaser {

/// Bit timing as canSetBusParams() takes it: a preset (below 0) or bit/s with segments; segments of
/// 0 leave them to CANLIB.
struct Params {
  long frequency = 0;
  unsigned tseg1 = 0, tseg2 = 0, sjw = 0;
};

/// The settings of a channel.
struct Config {
  int channel = 0;  ///< from 0
  bool fd = false, receive_own = false;
  bool normal = true;  ///< not silent
  bool single_handle = true;
  bool flash = false;
  int open_flags = 0;
  std::uint32_t bitrate = 0, data_bitrate = 0;
  Params nominal, data;
  unsigned samples = 0;
};

/// Throws Errc::invalid, Errc::unsupported.
Config make_config(const BusConfig& config);

/// The number of a channel, from 0. Throws Errc::invalid.
int parse_channel(std::string_view text);

}  // namespace can::kvaser
