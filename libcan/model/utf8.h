// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace can {

/// Appends the character `c`, at most 10FFFF, in UTF-8.
void append_utf8(std::string& out, char32_t c);

/// The number of bytes, 1 to 4, of the UTF-8 sequence at the start of `text`, which is not empty; 0
/// for no sequence.
std::size_t utf8_length(std::string_view text);

/// Whether a terminal obeys the character or shows nothing for it: the controls below 20 and of 7F
/// to 9F, marks, overrides and isolates of the writing direction, characters without width, line
/// separators, and tags. Source: Unicode 15, general categories Cc, Cf, Zl and Zp.
bool is_hidden(char32_t c);

/// Whether `text` has no character that is_hidden().
bool is_printable(std::string_view text);

/// Removes and returns the character at the start of `text`, which is not empty. A byte that starts
/// no sequence is read as Latin-1.
char32_t read_utf8(std::string_view& text);

}  // namespace can
