// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace can {

/// Appends the character `c`, up to 10FFFF, as UTF-8.
void append_utf8(std::string& out, char32_t c);

/// Bytes of the UTF-8 sequence that `text`, which isn't empty, starts with; 0 when it starts with
/// none.
std::size_t utf8_length(std::string_view text);

/// Takes the character that `text`, which isn't empty, starts with. A byte that starts none is
/// taken as one of Latin-1.
char32_t read_utf8(std::string_view& text);

}  // namespace can
