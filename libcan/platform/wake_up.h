// SPDX-License-Identifier: MIT
#pragma once

#include "libcan/platform/descriptor.h"

namespace can {

/// Wakes a thread that waits in poll(2). Any thread may signal.
class WakeUp {
 public:
  WakeUp();  ///< throws Errc::io

  /// Makes descriptor() readable until clear(). Safe in a signal handler.
  void signal() const noexcept;
  void clear() const noexcept;
  int descriptor() const { return event_.get(); }

 private:
  Descriptor event_;
};

}  // namespace can
