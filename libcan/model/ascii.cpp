// SPDX-License-Identifier: MIT
#include "libcan/model/ascii.h"

#include <fmt/core.h>

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
  for (const char c : text)
    if (is_control(c))
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  return out;
}

}  // namespace can
