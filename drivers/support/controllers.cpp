// SPDX-License-Identifier: MIT
#include "drivers/support/controllers.h"

#include <algorithm>

#include "libcan/model/fail.h"
#include "libcan/model/hex.h"

namespace can::controllers {

std::uint16_t btr_of(const BitTiming& timing) {
  const std::uint32_t btr0 = (timing.sjw - 1) << 6 | (timing.brp - 1);
  const std::uint32_t btr1 = (timing.tseg2 - 1) << 4 | (timing.tseg1 - 1);
  return static_cast<std::uint16_t>(btr0 << 8 | btr1);
}

std::uint16_t parse_btr(std::string_view text) {
  const auto registers = text.size() == 4 ? get_hex_number<4>(text.data()) : -1;
  if (registers < 0)
    fail(Errc::invalid, "option 'btr': expected 4 hexadecimal digits, got {}", quote(text));
  return static_cast<std::uint16_t>(registers);
}

std::uint16_t choose_btr(const BtrChoice& choice, std::span<const KnownRate> known) {
  if (!choice.btr.empty()) {
    if (choice.bitrate != 0) fail(Errc::invalid, "a bit rate and option 'btr' exclude each other");
    return parse_btr(choice.btr);
  }
  const auto found = std::ranges::find(known, choice.bitrate, &KnownRate::bitrate);
  if (choice.sample_point == 0 && found != known.end()) return found->btr;
  return btr_of(calculate_bit_timing(kSja1000, choice.bitrate, choice.sample_point));
}

}  // namespace can::controllers
