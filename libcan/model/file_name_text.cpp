// SPDX-License-Identifier: MIT
#include "libcan/model/file_name_text.h"

#include <fmt/core.h>

#include "libcan/model/ascii.h"

namespace can {

std::string file_name_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '/' || c == '%' || is_control(c))
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

}  // namespace can
