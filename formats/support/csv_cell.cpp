// SPDX-License-Identifier: MIT
#include "formats/support/csv_cell.h"

namespace can {

bool is_formula(std::string_view text) {
  const std::size_t start = text.find_first_not_of('\'');
  return text.size() > 1 && start != text.npos &&
         std::string_view("=+-@\t\r").find(text[start]) != text.npos;
}

std::string csv_cell(std::string_view text) {
  const bool formula = is_formula(text);
  if (!formula && text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string cell = formula ? "\"'" : "\"";
  for (const char c : text) cell.append(c == '"' ? 2 : 1, c);
  return cell + '"';
}

std::string_view text_of_cell(std::string_view unquoted) {
  if (unquoted.starts_with('\'') && is_formula(unquoted)) unquoted.remove_prefix(1);
  return unquoted;
}

}  // namespace can
