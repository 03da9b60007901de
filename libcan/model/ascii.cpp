// SPDX-License-Identifier: MIT
#include "libcan/model/ascii.h"

#include <fmt/core.h>

#include <cstdint>

#include "libcan/model/utf8.h"

namespace can {

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

std::string_view trim_end(std::string_view text, std::string_view blanks) {
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::string_view trim(std::string_view text, std::string_view blanks) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return trim_end(text, blanks);
}

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t c = read_utf8(text);
    if (!is_hidden(c))
      out += before.substr(0, before.size() - text.size());
    else
      out += fmt::format(fmt::runtime(c < 0x100 ? "\\x{:02x}" : "\\u{:04x}"),
                         static_cast<std::uint32_t>(c));
  }
  return out;
}

}  // namespace can
