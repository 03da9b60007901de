// SPDX-License-Identifier: MIT
#include "libcan/model/utf8.h"

#include <algorithm>

namespace can {

void append_utf8(std::string& out, char32_t c) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    tail(12), tail(6), tail(0);
  }
}

std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = byte(0) < 0x80                       ? 1
                             : byte(0) >= 0xC2 && byte(0) < 0xE0  ? 2
                             : byte(0) >= 0xE0 && byte(0) < 0xF0  ? 3
                             : byte(0) >= 0xF0 && byte(0) <= 0xF4 ? 4
                                                                  : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  return length;
}

char32_t read_utf8(std::string_view& text) {
  const std::size_t length = utf8_length(text);
  char32_t c = static_cast<unsigned char>(text[0]);
  if (length > 1) c &= 0x7Fu >> length;
  for (std::size_t i = 1; i < length; ++i)
    c = c << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  text.remove_prefix(length == 0 ? 1 : length);
  return c;
}

bool is_hidden(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  constexpr Range kHidden[] = {{0x00, 0x1F},     {0x7F, 0x9F},      {0xAD, 0xAD},
                               {0x61C, 0x61C},   {0x180E, 0x180E},  {0x200B, 0x200F},
                               {0x2028, 0x202E}, {0x2060, 0x206F},  {0xFEFF, 0xFEFF},
                               {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};
  return std::ranges::any_of(kHidden,
                             [c](const Range& each) { return c >= each.first && c <= each.last; });
}

bool is_printable(std::string_view text) {
  while (!text.empty())
    if (is_hidden(read_utf8(text))) return false;
  return true;
}

}  // namespace can
