// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace can {

/// The ending of a compressed log's name, such as ".gz"; "" for none. `name` in lower case.
constexpr std::string_view packing_of(std::string_view name) {
  for (const std::string_view ending : {".gz", ".zst"})
    if (name.ends_with(ending)) return ending;
  return "";
}

}  // namespace can
