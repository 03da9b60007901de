// SPDX-License-Identifier: MIT
#include "libcan/pacer.h"

#include <algorithm>

namespace can {

Pacer::Clock::time_point Pacer::due(nanoseconds timestamp, Clock::time_point now) {
  if (!last_due_) {
    latest_ = timestamp;
    last_due_ = now;
    return now;
  }
  nanoseconds pause{0};
  if (!pace_.ignore_timestamps && timestamp > latest_)
    pause = std::min(timestamp - latest_, pace_.skip);
  latest_ = std::max(latest_, timestamp);
  *last_due_ += std::max(pause, pace_.gap);
  return *last_due_;
}

}  // namespace can
