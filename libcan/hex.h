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

/// The first of two digits, in its place; -1 for what is none.
inline constexpr auto kHighNibbles = [] {
  std::array<std::int16_t, 256> table{};
  for (std::size_t i = 0; i < 256; ++i)
    table[i] = static_cast<std::int16_t>(kNibbles[i] < 0 ? -1 : kNibbles[i] * 16);
  return table;
}();

/// The value of two digits; below 0 when one is none.
inline int get_byte(const char* at) {
  return kHighNibbles[static_cast<unsigned char>(at[0])] | hex_digit(at[1]);
}

}  // namespace hex_detail

/// Reads bytes of two digits. False, with `bytes` in any state, where `text` doesn't start so.
inline bool get_hex(std::string_view text, std::span<std::uint8_t> bytes) {
  if (text.size() < bytes.size() * 2) return false;
  int flaws = 0;
  const char* at = text.data();
  for (std::uint8_t& byte : bytes) {
    const int value = hex_detail::get_byte(at);
    byte = static_cast<std::uint8_t>(value);
    flaws |= value;
    at += 2;
  }
  return flaws >= 0;
}

/// Reads bytes of two digits with one blank between them, and nothing else. False, with `bytes` in
/// any state, where `text` doesn't start so.
inline bool get_hex_spaced(std::string_view text, std::span<std::uint8_t> bytes) {
  if (bytes.empty()) return true;
  if (text.size() + 1 < bytes.size() * 3) return false;
  const char* at = text.data();
  int flaws = hex_detail::get_byte(at), others = 0;
  bytes[0] = static_cast<std::uint8_t>(flaws);
  for (std::uint8_t& byte : bytes.subspan(1)) {
    others |= at[2] ^ ' ';
    at += 3;
    const int value = hex_detail::get_byte(at);
    byte = static_cast<std::uint8_t>(value);
    flaws |= value;
  }
  return flaws >= 0 && others == 0;
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
