// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace can {

/// A text as a cell of a CSV file: in quotes where it has a comma, a quote or the end of a line.
/// Source: RFC 4180.
inline std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string cell = "\"";
  for (const char c : text) cell.append(c == '"' ? 2 : 1, c);
  return cell + '"';
}

}  // namespace can
