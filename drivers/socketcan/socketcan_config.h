// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "drivers/socketcan/link.h"
#include "drivers/socketcan/socket.h"
#include "libcan/model/config.h"

namespace can::socketcan {

constexpr std::string_view kAll = "any";  ///< the channel that stands for all interfaces

/// What the user wants of a bus.
struct SocketcanConfig {
  std::string channel;
  SocketOptions socket;
  LinkSettings link;
  Filters filters;
  bool fd_needed = false;
  bool reconnect = false;  ///< survive an interface that goes down or vanishes
  bool wait = false;       ///< even one that isn't there or is down at first

  bool all() const { return channel == kAll; }
};

/// Throws Errc::invalid.
SocketcanConfig parse_config(const BusConfig& config);

}  // namespace can::socketcan
