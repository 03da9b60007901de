// SPDX-License-Identifier: MIT
#pragma once

#include "drivers/support/descriptor.h"

namespace can::socketcan {

/// Tells when network interfaces come, go or change.
class Watch {
 public:
  /// `socket`: what descriptor() waits for besides.
  explicit Watch(const Descriptor& socket);

  /// For poll(2): readable when there is a change or `socket` is.
  int descriptor() const { return either_.get(); }

  /// True when something changed since the last call.
  bool changed();

 private:
  Descriptor netlink_, either_;
};

}  // namespace can::socketcan
