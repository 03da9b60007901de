// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "libcan/platform/descriptor.h"

namespace can {

/// A descriptor for poll(2) that becomes readable at a time, and stays so until the next set() or
/// stop(). By the monotonic clock.
class Timer {
 public:
  Timer();  ///< throws Errc::io

  void set(std::chrono::nanoseconds from_now);  ///< negative: at once
  void stop();                                  ///< not readable until the next set()
  int descriptor() const { return timer_.get(); }

 private:
  Descriptor timer_;
};

}  // namespace can
