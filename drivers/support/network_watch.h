// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "libcan/platform/any_readable.h"
#include "libcan/platform/descriptor.h"

namespace can {

/// A netlink socket for requests; with `groups`, RTMGRP_*, one that hears of changes. Throws
/// Errc::io.
Descriptor open_netlink(std::uint32_t groups = 0);

/// Tells when network interfaces, and what belongs to them, come, go or change. One thread may use
/// it at a time.
class NetworkWatch {
 public:
  /// `groups`: of changes, RTMGRP_*. `socket`: what descriptor() waits for besides.
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
