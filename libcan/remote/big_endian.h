// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>

namespace can::remote {

/// Reverses the bytes of a number: all supported machines are little-endian.
template <std::unsigned_integral Number>
constexpr Number turn_around(Number number) {
  static_assert(std::endian::native == std::endian::little);
  if constexpr (sizeof number == 8) return __builtin_bswap64(number);
  if constexpr (sizeof number == 4) return __builtin_bswap32(number);
  if constexpr (sizeof number == 2) return __builtin_bswap16(number);
  return number;
}

template <std::unsigned_integral Number>
Number load(const std::uint8_t* at) {
  Number number;
  std::memcpy(&number, at, sizeof number);
  return turn_around(number);
}

template <std::unsigned_integral Number>
void store(std::uint8_t* at, Number number) {
  number = turn_around(number);
  std::memcpy(at, &number, sizeof number);
}

}  // namespace can::remote
