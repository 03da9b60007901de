// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace can {

/// The number in the first 2 or 4 bytes at `from`, the lowest byte first.
inline std::uint32_t get_le16(const std::uint8_t* from) {
  return from[0] | std::uint32_t{from[1]} << 8;
}
inline std::uint32_t get_le32(const std::uint8_t* from) {
  return get_le16(from) | get_le16(from + 2) << 16;
}

inline void append_le16(std::vector<std::uint8_t>& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value));
  out.push_back(static_cast<std::uint8_t>(value >> 8));
}
inline void append_le32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  append_le16(out, value);
  append_le16(out, value >> 16);
}

}  // namespace can
