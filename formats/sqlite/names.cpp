// SPDX-License-Identifier: MIT
#include "formats/sqlite/names.h"

#include <fmt/core.h>

#include <algorithm>

#include "libcan/model/ascii.h"

namespace can::sqlite {
namespace {

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result += quote;
}

}  // namespace

std::string quoted_name(std::string_view name) { return quoted(name, '"'); }
std::string quoted_text(std::string_view text) { return quoted(text, '\''); }

std::string Names::add(std::string_view name) {
  std::string free(name);
  std::ranges::replace_if(free, is_control, '_');
  if (to_lower(free).starts_with("sqlite_"))
    free = fmt::format("_{}", free);  // SQLite's own tables
  while (!taken_.insert(to_lower(free)).second) free += '_';
  return free;
}

}  // namespace can::sqlite
