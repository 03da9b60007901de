// SPDX-License-Identifier: MIT
#include "libcan/model/hex.h"

namespace can::hex_detail {
namespace {

constexpr auto make_pair_values() {
  std::array<std::int16_t, 65'536> values{};
  values.fill(-1);
  for (std::size_t first = 0; first < 256; ++first)
    for (std::size_t second = 0; second < 256 && kNibbles[first] >= 0; ++second)
      if (kNibbles[second] >= 0)
        values[second << 8 | first] =
            static_cast<std::int16_t>(kNibbles[first] * 16 + kNibbles[second]);
  return values;
}

}  // namespace

constinit const std::array<std::int16_t, 65'536> kPairValues = make_pair_values();

}  // namespace can::hex_detail
