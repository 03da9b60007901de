// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

/// Eight decimal digits at a time, as the bytes of one 64-bit number.
namespace can {

/// The digits of `value`, less than 10^8: eight bytes of 0 to 9, the first digit in the low byte.
/// The number is halved to fours, the fours to pairs, the pairs to digits.
constexpr std::uint64_t digit_bytes(std::uint32_t value) {
  // Products with a rounded inverse are quotients: 10486 / 2^20 is 1 / 100, 103 / 2^10 is 1 / 10.
  const std::uint64_t fours = value / 10'000 | std::uint64_t{value % 10'000} << 32;
  const std::uint64_t hundreds = (fours * 10486 >> 20) & 0x0000007F'0000007F;
  const std::uint64_t pairs = hundreds | (fours - 100 * hundreds) << 16;
  const std::uint64_t tens = (pairs * 103 >> 10) & 0x000F000F'000F000F;
  return tens | (pairs - 10 * tens) << 8;
}

/// The character '0' in each byte: turns digits into text.
inline constexpr std::uint64_t kZeroCharacters = 0x3030303030303030;

/// Writes eight characters, the first from the low byte; returns the end.
inline char* put_word(char* at, std::uint64_t word) {
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  std::memcpy(at, &word, sizeof word);
  return at + sizeof word;
}

}  // namespace can
