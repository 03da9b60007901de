// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace can {

/// The time since the last whole `unit`, 0 to less than `unit`, of any time. time - floor(time)
/// overflows for the lowest ones.
constexpr std::chrono::nanoseconds floor_rest(std::chrono::nanoseconds time,
                                              std::chrono::nanoseconds unit) {
  const std::chrono::nanoseconds rest = time % unit;
  return rest.count() < 0 ? rest + unit : rest;
}

/// Rounded down to whole units; the lowest times, which would overflow, are kept.
constexpr std::chrono::nanoseconds floor_to(std::chrono::nanoseconds time,
                                            std::chrono::nanoseconds unit) {
  const std::chrono::nanoseconds rest = floor_rest(time, unit);
  return time < std::chrono::nanoseconds::min() + rest ? time : time - rest;
}

}  // namespace can
