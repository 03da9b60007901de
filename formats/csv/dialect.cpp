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

std::string_view first_line(std::string_view head) {
  return head.substr(0, head.find_first_of("\r\n"));
}

}  // namespace can::csv
