// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string_view>

namespace can {

/// Whether `word` is `lower`, which is in lower case, in any case.
inline bool same_word(std::string_view word, std::string_view lower) {
  return std::ranges::equal(word, lower, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
  });
}

}  // namespace can
