// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>

namespace can {

/// A mutex for a thread that locks it seldom beside threads that do nothing else: who waits is
/// next, where std::mutex would be locked again by the one that has just unlocked it.
class FairMutex {
 public:
  void lock() {
    const std::lock_guard turn(next_);
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }

 private:
  std::mutex next_;  // held by the one that waits for mutex_
  std::mutex mutex_;
};

}  // namespace can
