// SPDX-License-Identifier: MIT
#include "formats/csv/dialect.h"

#include <algorithm>

namespace can::csv {

Dialect dialect_of(std::string_view header) {
  if (header == kExtendedHeader) return Dialect::extended;
  return header == kHeader || header == kOldHeader ? Dialect::python_can : Dialect::none;
}

std::string from_spreadsheet(std::string_view line) {
  std::string out(line);
  std::erase(out, '"');
  if (out.find(';') == out.npos) return out;
  std::ranges::replace(out, ',', '.');
  std::ranges::replace(out, ';', ',');
  return out;
}

bool is_of_spreadsheet(std::string_view header) {
  return dialect_of(header) == Dialect::none &&
         dialect_of(from_spreadsheet(header)) == Dialect::python_can;
}

bool is_formula(std::string_view text) {
  const std::size_t start = text.find_first_not_of('\'');
  return start != text.npos && std::string_view("=+-@\t\r").find(text[start]) != text.npos;
}

std::string text_cell(std::string_view text) {
  const bool formula = is_formula(text);
  if (!formula && text.find_first_of(",\"") == text.npos) return std::string(text);
  std::string cell = formula ? "\"'" : "\"";
  for (const char c : text) cell.append(c == '"' ? 2 : 1, c);
  return cell + '"';
}

std::string_view text_of_cell(std::string_view unquoted) {
  if (unquoted.starts_with('\'') && is_formula(unquoted)) unquoted.remove_prefix(1);
  return unquoted;
}

std::string_view first_line(std::string_view head) {
  return head.substr(0, head.find_first_of("\r\n"));
}

}  // namespace can::csv
