// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace can {

/// Turns the times of a device, whose counter starts anywhere and wraps, into times of this
/// machine. The device says how far apart two messages were; the machine says when that was: the
/// message that arrived with the least delay sets the two clocks against each other, and the
/// device's may run up to 1/1000 fast or slow. Not thread-safe.
class DeviceClock {
 public:
  /// `period`: the counter returns to 0 after so long.
  explicit DeviceClock(std::chrono::nanoseconds period) : period_(period) {}

  /// The time of a message that arrived `arrival` (since the epoch) with this count. Within a
  /// second of `arrival`, never after it.
  std::chrono::nanoseconds time_of(std::chrono::nanoseconds counter,
                                   std::chrono::nanoseconds arrival);

  /// What has to be added to the device's time, wraps aside; 0 before the first time_of().
  std::chrono::nanoseconds offset() const {
    return last_ ? last_->offset : std::chrono::nanoseconds();
  }

 private:
  struct Anchor {
    std::chrono::nanoseconds counter, arrival, offset;  // offset: arrival - unwrapped count
    std::chrono::nanoseconds unwrapped;
  };

  std::chrono::nanoseconds period_;
  std::optional<Anchor> last_;
};

}  // namespace can
