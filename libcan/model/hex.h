// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
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

/// Writes two digits for each byte; returns the end.
template <HexCase kCase>
inline char* put_hex(char* at, std::span<const std::uint8_t> bytes) {
  const std::uint8_t *from = bytes.data(), *const end = from + bytes.size();
  const auto put = [&](std::ptrdiff_t i) {
    std::memcpy(at + 2 * i, hex_detail::pairs<kCase>()[from[i]].data(), 2);
  };
  for (; end - from >= 4; at += 8, from += 4) put(0), put(1), put(2), put(3);
  for (; from != end; at += 2, ++from) put(0);
  return at;
}

/// As put_hex, with a blank behind each byte.
template <HexCase kCase>
inline char* put_hex_spaced(char* at, std::span<const std::uint8_t> bytes) {
  const std::uint8_t *from = bytes.data(), *const end = from + bytes.size();
  const auto put = [&](std::ptrdiff_t i) {
    std::memcpy(at + 3 * i, hex_detail::pairs<kCase>()[from[i]].data(), 2);
    at[3 * i + 2] = ' ';
  };
  for (; end - from >= 4; at += 12, from += 4) put(0), put(1), put(2), put(3);
  for (; from != end; at += 3, ++from) put(0);
  return at;
}

namespace hex_detail {

/// Values of two digits, indexed by their characters, the first in the low byte; -1 where one is no
/// digit. Only the cache lines of digits are ever used.
extern const std::array<std::int16_t, 65'536> kPairValues;

/// The value of two digits; negative where one is no digit.
inline int get_byte(const char* at) {
  std::uint16_t pair;
  std::memcpy(&pair, at, sizeof pair);
  if constexpr (std::endian::native == std::endian::big) pair = __builtin_bswap16(pair);
  return kPairValues[pair];
}

}  // namespace hex_detail

/// Reads bytes of two digits each. False, with `bytes` in any state, where `text` doesn't start
/// with as many.
inline bool get_hex(std::string_view text, std::span<std::uint8_t> bytes) {
  if (text.size() < bytes.size() * 2) return false;
  const char* at = text.data();
  std::uint8_t *to = bytes.data(), *const end = to + bytes.size();
  int flaws = 0;
  const auto decode = [&](std::ptrdiff_t i) {
    const int value = hex_detail::get_byte(at + 2 * i);
    to[i] = static_cast<std::uint8_t>(value);
    flaws |= value;
  };
  for (; end - to >= 4; at += 8, to += 4) decode(0), decode(1), decode(2), decode(3);
  for (; to != end; at += 2, ++to) decode(0);
  return flaws >= 0;
}

/// As get_hex(), with exactly one blank between two bytes.
inline bool get_hex_spaced(std::string_view text, std::span<std::uint8_t> bytes) {
  if (bytes.empty()) return true;
  if (text.size() + 1 < bytes.size() * 3) return false;
  const char* at = text.data();
  std::uint8_t *to = bytes.data(), *const last = to + bytes.size() - 1;
  int flaws = 0, others = 0;
  const auto decode = [&](std::ptrdiff_t i) {
    const int value = hex_detail::get_byte(at + 3 * i);
    to[i] = static_cast<std::uint8_t>(value);
    flaws |= value;
  };
  const auto decode_with_blank = [&](std::ptrdiff_t i) {
    decode(i);
    others |= at[3 * i + 2] ^ ' ';
  };
  for (; last - to >= 4; at += 12, to += 4)
    decode_with_blank(0), decode_with_blank(1), decode_with_blank(2), decode_with_blank(3);
  for (; to != last; at += 3, ++to) decode_with_blank(0);
  decode(0);
  return flaws >= 0 && others == 0;
}

/// The value of the first `kDigits` digits; negative where one is no digit.
template <int kDigits>
inline std::int64_t get_hex_number(const char* at) {
  std::int64_t value = 0;
  int flaws = 0;
  for (int i = 0; i + 1 < kDigits; i += 2) {
    const int byte = hex_detail::get_byte(at + i);
    flaws |= byte;
    value = value << 8 | (byte & 0xFF);
  }
  if constexpr (kDigits % 2 != 0) {
    const int digit = hex_digit(at[kDigits - 1]);
    flaws |= digit;
    value = value << 4 | (digit & 15);
  }
  return flaws < 0 ? -1 : value;
}

/// Writes `value` with exactly `digits` digits.
template <HexCase kCase>
inline char* put_hex_number(char* at, std::uint32_t value, int digits) {
  for (int i = digits; i-- > 0; value >>= 4) at[i] = hex_detail::pairs<kCase>()[value & 15][1];
  return at + digits;
}

/// The number of digits that `value` needs, at least 1.
inline int hex_digits(std::uint32_t value) {
  int digits = 1;
  while (value >>= 4) ++digits;
  return digits;
}

}  // namespace can
