// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

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
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

inline char* put_blanks(char* at, std::size_t count) {
  std::memset(at, ' ', count);
  return at + count;
}

}  // namespace can
