// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

/// Characters and words of ASCII, whatever the locale.
namespace can {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_upper(c) || is_lower(c); }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// A character that a terminal would obey: below 20, or 7F.
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }

constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; }
constexpr char to_upper(char c) { return is_lower(c) ? static_cast<char>(c & ~0x20) : c; }

std::string to_lower(std::string_view text);

/// Whether `word`, in any case, is `lower`, which is in lower case.
constexpr bool same_word(std::string_view word, std::string_view lower) {
  return std::ranges::equal(word, lower, [](char a, char b) { return to_lower(a) == b; });
}

/// Whether `text` has digits only, one at least.
constexpr bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// Whether `text` has the characters of `pattern`, in which '0' stands for any digit.
constexpr bool matches_pattern(std::string_view text, std::string_view pattern) {
  return std::ranges::equal(
      text, pattern, [](char c, char like) { return like == '0' ? is_digit(c) : c == like; });
}

/// `text` without the `blanks` at its end; at both ends.
std::string_view trim_end(std::string_view text, std::string_view blanks = " \t\r\v\f");
std::string_view trim(std::string_view text, std::string_view blanks = " \t\r\v\f");

/// `text` to be shown on a terminal: with each character that is_hidden() as "\x1b" or "\u202e".
std::string escaped(std::string_view text);

}  // namespace can
