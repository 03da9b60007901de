// SPDX-License-Identifier: MIT
// The data lengths of CAN FD and their codes, ISO 11898-1.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace can::stand_in {

inline constexpr std::array<std::uint8_t, 16> kFdLengths = {0, 1,  2,  3,  4,  5,  6,  7,
                                                            8, 12, 16, 20, 24, 32, 48, 64};

inline bool is_fd_length(std::size_t length) {
  return std::find(kFdLengths.begin(), kFdLengths.end(), length) != kFdLengths.end();
}

/// The shortest code that holds a length, 0 to 64.
inline std::uint8_t dlc_of(std::size_t length) {
  const auto found = std::lower_bound(kFdLengths.begin(), kFdLengths.end(), length);
  return static_cast<std::uint8_t>(found - kFdLengths.begin());
}

}  // namespace can::stand_in
