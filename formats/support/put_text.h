// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "libcan/model/digits.h"

namespace can {

namespace text_detail {

inline constexpr auto kDecimalPairs = [] {
  std::array<std::array<char, 2>, 100> pairs{};
  for (std::size_t i = 0; i < 100; ++i)
    pairs[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
  return pairs;
}();

}  // namespace text_detail

/// Writes the last `digits` (even) decimal digits of `value`; returns the end, as all functions
/// here.
template <int digits>
inline char* put_padded(char* at, std::uint32_t value) {
  static_assert(digits % 2 == 0);
  for (int i = digits - 2; i >= 0; i -= 2, value /= 100)
    std::memcpy(at + i, text_detail::kDecimalPairs[value % 100].data(), 2);
  return at + digits;
}

template <>
inline char* put_padded<8>(char* at, std::uint32_t value) {
  return put_word(at, digit_bytes(value % 100'000'000) | kZeroCharacters);
}

/// Writes `value` without leading zeros, at most 20 digits.
inline char* put_decimal(char* at, std::uint64_t value) {
  char digits[20];
  char* first = digits + sizeof digits;
  for (; value >= 100; value /= 100)
    std::memcpy(first -= 2, text_detail::kDecimalPairs[value % 100].data(), 2);
  if (value >= 10)
    std::memcpy(first -= 2, text_detail::kDecimalPairs[value].data(), 2);
  else
    *--first = static_cast<char>('0' + value);
  const auto count = static_cast<std::size_t>(digits + sizeof digits - first);
  std::memcpy(at, first, count);
  return at + count;
}

inline char* put_text(char* at, std::string_view text) {
  return at + text.copy(at, text.size());  // also where both are null
}

/// Copies a short text in blocks of 32 bytes, without a call, which is quicker. Up to kBlock - 1
/// bytes behind both the text and its copy are read and written.
inline constexpr std::size_t kBlock = 32;
inline char* put_blocks(char* at, std::string_view text) {
  for (std::size_t done = 0; done < text.size(); done += kBlock)
    std::memcpy(at + done, text.data() + done, kBlock);
  return at + text.size();
}

inline char* put_blanks(char* at, std::size_t count) {
  std::memset(at, ' ', count);
  return at + count;
}

}  // namespace can
