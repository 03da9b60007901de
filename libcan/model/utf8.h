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

/// Removes and returns the character at the start of `text`, which is not empty. A byte that starts
/// no sequence is read as Latin-1.
char32_t read_utf8(std::string_view& text);

}  // namespace can
