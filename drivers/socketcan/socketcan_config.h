// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "cansuite/config.h"
#include "drivers/socketcan/link.h"
#include "drivers/socketcan/socket.h"

namespace can::socketcan {

constexpr std::string_view kAll = "any";  ///< the channel name for all interfaces

/// The configuration of a SocketCAN bus.
struct SocketcanConfig {
  std::string channel;
  SocketOptions socket;
  LinkSettings link;
  Filters filters;
  bool fd_needed = false;
  bool reconnect = false;  ///< wait for an interface that goes down or disappears
  bool wait = false;       ///< also for one that is missing or down at the start

  bool all() const { return channel == kAll; }
};

/// Throws Errc::invalid.
SocketcanConfig parse_config(const BusConfig& config);

}  // namespace can::socketcan
