// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cansuite/config.h"
#include "libcan/net/address.h"
#include "libcan/platform/serial_port.h"

namespace can {

/// Where a serial line is: a device of this machine, or a TCP port that passes bytes on to one.
struct SerialAddress {
  std::string device;                      ///< a path; empty where `server` is set
  SerialSettings settings;                 ///< of the device
  std::optional<remote::Endpoint> server;  ///< "tcp://host:port"
};

/// Reads "/dev/ttyUSB0", "/dev/ttyUSB0@500000" or "tcp://host:port". The baud rate in the channel
/// wins over `settings`. Throws Errc::invalid.
SerialAddress parse_serial_address(std::string_view channel, const SerialSettings& settings);

/// Driver::channel_number of interfaces on a serial line.
unsigned serial_channel_number(std::string_view channel);

}  // namespace can
