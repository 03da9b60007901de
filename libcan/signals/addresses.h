// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

namespace can::signals {

/// The address that sends, of an id of J1939.
constexpr std::uint8_t source_of(std::uint32_t id) { return static_cast<std::uint8_t>(id & 0xFF); }

/// The address that a parameter group is for; none where it is for all (PDU2).
constexpr std::optional<std::uint8_t> destination_of(std::uint32_t id) {
  constexpr std::uint32_t kFirstForAll = 240;  // of bits 16 to 23
  if ((id >> 16 & 0xFF) >= kFirstForAll) return std::nullopt;
  return static_cast<std::uint8_t>(id >> 8 & 0xFF);
}

}  // namespace can::signals
