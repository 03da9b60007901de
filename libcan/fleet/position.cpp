// SPDX-License-Identifier: MIT
#include "libcan/fleet/position.h"

#include <fmt/core.h>

#include <charconv>

namespace can::fleet {
namespace {

constexpr std::size_t kRunDigits = 16;

bool read(std::string_view text, std::uint64_t& value, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string to_text(const Position& position) {
  return fmt::format("{:016x} {}", position.run, position.number);
}

std::optional<Position> parse_position(std::string_view text) {
  Position position;
  if (text.size() < kRunDigits + 2 || text[kRunDigits] != ' ' ||
      !read(text.substr(0, kRunDigits), position.run, 16) ||
      !read(text.substr(kRunDigits + 1), position.number, 10))
    return std::nullopt;
  return position;
}

}  // namespace can::fleet
