// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace can::fleet {

/// A batch of a vehicle: its number in a run of the publishing program.
struct Position {
  std::uint64_t run = 0;
  std::uint64_t number = 0;

  bool operator==(const Position&) const = default;
  bool precedes(const Position& next) const { return run == next.run && number + 1 == next.number; }
};

/// As acknowledgements have it: "00c0ffee12345678 149".
std::string to_text(const Position& position);

/// Reads the same; empty for anything else.
std::optional<Position> parse_position(std::string_view text);

}  // namespace can::fleet
