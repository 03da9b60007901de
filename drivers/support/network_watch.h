// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "libcan/platform/any_readable.h"
#include "libcan/platform/descriptor.h"

namespace can {

/// A netlink socket for requests and, with `groups` (RTMGRP_*), for notices of changes. Throws
/// Errc::io.
Descriptor open_netlink(std::uint32_t groups = 0);

/// Watches network interfaces, their addresses and routes for changes. Used by one thread at a
/// time.
class NetworkWatch {
 public:
  /// `groups`: kinds of changes, RTMGRP_*. `socket`: descriptor() also waits for it.
  NetworkWatch(std::uint32_t groups, const Descriptor& socket);

  /// For poll(2): readable when there is a change or `socket` is.
  int descriptor() const { return either_.descriptor(); }

  /// True when something changed since the last call.
  bool changed();

 private:
  Descriptor netlink_;
  AnyReadable either_;
};

}  // namespace can
