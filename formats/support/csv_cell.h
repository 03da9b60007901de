// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace can {

/// Whether a spreadsheet would take the text for a formula: it begins with = + - @, a tab or a
/// carriage return, perhaps behind apostrophes, and is longer than one character.
bool is_formula(std::string_view text);

/// A text as a cell of a CSV file: in quotes where it has a comma, a quote or the end of a line;
/// where it is a formula, in quotes with an apostrophe in front, which keeps a spreadsheet from
/// calculating it. Source: RFC 4180.
std::string csv_cell(std::string_view text);

/// The text of a cell in quotes, without them and with single quotes inside.
std::string_view text_of_cell(std::string_view unquoted);

}  // namespace can
