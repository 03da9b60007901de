// SPDX-License-Identifier: MIT
// Bit rates of PCAN-Basic. Source: PCANBasic.h 4.10.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace can::stand_in::pcan {

/// Of the registers BTR0 (high byte) and BTR1 of an SJA1000 at 16 MHz, bit/s.
std::uint32_t bitrate_of(std::uint16_t btr);

struct Rates {
  std::uint32_t nominal, data;  // bit/s
};

/// Of a text such as "f_clock_mhz=80, nom_brp=10, ..."; none where a field lacks, is not known or
/// out of its range.
std::optional<Rates> parse_rates(const std::string& text);

}  // namespace can::stand_in::pcan
