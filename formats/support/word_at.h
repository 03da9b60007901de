// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

/// Eight characters of text at a time, as one 64-bit number.
namespace can::text_detail {

/// `c` in each of the 8 bytes.
constexpr std::uint64_t each(unsigned char c) { return 0x0101010101010101u * c; }

/// The 8 characters at `at`, the first in the low byte.
inline std::uint64_t word_at(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// The high bit of the lowest byte of `word` that is 0; 0 when none is. Bits above it may be set,
/// too.
constexpr std::uint64_t lowest_zero(std::uint64_t word) {
  return (word - each(1)) & ~word & each(0x80);
}

/// The high bit of the first byte that is a blank or a tab, as in lowest_zero().
constexpr std::uint64_t blanks_in(std::uint64_t word) {
  return lowest_zero(word ^ each(' ')) | lowest_zero(word ^ each('\t'));
}

inline constexpr std::uint64_t kPowers[] = {1,       10,        100,        1'000,      10'000,
                                            100'000, 1'000'000, 10'000'000, 100'000'000};

/// Number of decimal digits at the start of `word`, 0 to 8.
constexpr int leading_digits(std::uint64_t word) {
  const std::uint64_t high = (word & each(0xF0)) ^ each(0x30);
  const std::uint64_t above_9 = (word + each(0x06)) & each(0xF0);
  const std::uint64_t other = high | (above_9 ^ each(0x30));
  return other == 0 ? 8 : std::countr_zero(other) / 8;
}

/// The value of 8 decimal digits. Neighbours are joined to pairs, pairs to fours, fours to eight.
constexpr std::uint64_t eight_digits(std::uint64_t word) {
  word = (word & each(0x0F)) * 2561 >> 8;
  word = (word & 0x00FF00FF00FF00FF) * 6553601 >> 16;
  return (word & 0x0000FFFF0000FFFF) * 42949672960001 >> 32;
}

/// Whether the same `kSize` bytes stand at both places. They are compared by words, the last two of
/// which may overlap. The compiler knows the words of a literal, so nothing is called.
template <std::size_t kSize, std::size_t... kWord>
inline bool is_same(const char* a, const char* b, std::index_sequence<kWord...>) {
  const auto differs = [=](std::size_t at) { return word_at(a + at) ^ word_at(b + at); };
  return ((differs(kWord * 8) | ...) | differs(kSize - 8)) == 0;
}
template <std::size_t kSize>
inline bool is_same(const char* a, const char* b) {
  if constexpr (kSize < 8)
    return std::memcmp(a, b, kSize) == 0;
  else
    return is_same<kSize>(a, b, std::make_index_sequence<kSize / 8>());
}

constexpr std::uint64_t digit(char c) { return static_cast<std::uint64_t>(c - '0'); }

}  // namespace can::text_detail
