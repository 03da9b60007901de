// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace can {

enum class HexCase { lower, upper };

namespace hex_detail {

using Pairs = std::array<std::array<char, 2>, 256>;

constexpr Pairs make_pairs(const char* digits) {
  Pairs pairs{};
  for (std::size_t byte = 0; byte < 256; ++byte)
    pairs[byte] = {digits[byte >> 4], digits[byte & 15]};
  return pairs;
}

inline constexpr Pairs kLower = make_pairs("0123456789abcdef");
inline constexpr Pairs kUpper = make_pairs("0123456789ABCDEF");

inline constexpr auto kNibbles = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < 10; ++i) table['0' + i] = static_cast<std::int8_t>(i);
  for (std::size_t i = 0; i < 6; ++i)
    table['A' + i] = table['a' + i] = static_cast<std::int8_t>(10 + i);
  return table;
}();

template <HexCase kCase>
constexpr const Pairs& pairs() {
  return kCase == HexCase::lower ? kLower : kUpper;
}

}  // namespace hex_detail

/// The value of a hexadecimal digit of either case; -1 for any other character.
inline int hex_digit(char c) { return hex_detail::kNibbles[static_cast<unsigned char>(c)]; }

/// Writes two digits a byte; returns the place behind them.
template <HexCase kCase>
inline char* put_hex(char* at, std::span<const std::uint8_t> bytes) {
  for (std::uint8_t byte : bytes) {
    std::memcpy(at, hex_detail::pairs<kCase>()[byte].data(), 2);
    at += 2;
  }
  return at;
}

/// As put_hex, with a blank behind each byte.
template <HexCase kCase>
inline char* put_hex_spaced(char* at, std::span<const std::uint8_t> bytes) {
  for (std::uint8_t byte : bytes) {
    std::memcpy(at, hex_detail::pairs<kCase>()[byte].data(), 2);
    at[2] = ' ';
    at += 3;
  }
  return at;
}

namespace hex_detail {

/// Reads bytes of two digits that start every `kStep` characters; 0 when all of them are digits.
template <std::size_t kStep>
inline int get_bytes(const char* at, std::span<std::uint8_t> bytes) {
  int flaws = 0;
  for (std::uint8_t& byte : bytes) {
    const int both = hex_digit(at[0]) * 16 | hex_digit(at[1]);
    byte = static_cast<std::uint8_t>(both);
    flaws |= both >> 8;
    at += kStep;
  }
  return flaws;
}

}  // namespace hex_detail

/// Reads bytes of two digits. False, with `bytes` in any state, where `text` doesn't start so.
inline bool get_hex(std::string_view text, std::span<std::uint8_t> bytes) {
  return text.size() >= bytes.size() * 2 && hex_detail::get_bytes<2>(text.data(), bytes) == 0;
}

/// Reads bytes of two digits with one blank between them, and nothing else. False, with `bytes` in
/// any state, where `text` doesn't start so.
inline bool get_hex_spaced(std::string_view text, std::span<std::uint8_t> bytes) {
  if (text.size() + 1 < bytes.size() * 3) return false;
  int flaws = hex_detail::get_bytes<3>(text.data(), bytes);
  for (std::size_t blank = 2; blank + 1 < bytes.size() * 3; blank += 3) flaws |= text[blank] ^ ' ';
  return flaws == 0;
}

/// Writes `value` with exactly `digits` digits.
template <HexCase kCase>
inline char* put_hex_number(char* at, std::uint32_t value, int digits) {
  for (int i = digits; i-- > 0; value >>= 4) at[i] = hex_detail::pairs<kCase>()[value & 15][1];
  return at + digits;
}

/// How many digits `value` needs, at least 1.
inline int hex_digits(std::uint32_t value) {
  int digits = 1;
  while (value >>= 4) ++digits;
  return digits;
}

}  // namespace can
