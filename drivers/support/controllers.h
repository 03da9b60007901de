// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "cansuite/bit_timing.h"

/// The bit timing of controllers that several vendors' devices have.
namespace can::controllers {

/// SJA1000 with 16 MHz, which its prescaler halves first. Source: data sheet of the SJA1000.
inline constexpr BitTimingLimits kSja1000 = {.clock = 8'000'000};

/// Of CAN FD controllers with 80 MHz: PCANBasic.h 4.10 names the limits, which are those of Bosch's
/// M_CAN, too.
inline constexpr BitTimingLimits kFdNominal = {
    .clock = 80'000'000, .tseg1_max = 256, .tseg2_max = 128, .sjw_max = 128, .brp_max = 1024};
inline constexpr BitTimingLimits kFdData = {
    .clock = 80'000'000, .tseg1_max = 32, .tseg2_max = 16, .sjw_max = 16, .brp_max = 1024};

/// The registers BTR0 (high byte) and BTR1 of an SJA1000, with one sample of a bit.
std::uint16_t btr_of(const BitTiming& timing);

/// Reads them from 4 hexadecimal digits. Throws Errc::invalid, for the option 'btr'.
std::uint16_t parse_btr(std::string_view text);

/// A bit rate with its registers.
struct KnownRate {
  std::uint32_t bitrate;
  std::uint16_t btr;
};

/// How a user chose a bit rate.
struct BtrChoice {
  std::uint32_t bitrate;       ///< 0: not given
  std::string_view btr;        ///< as parse_btr() reads it; empty: not given
  std::uint32_t sample_point;  ///< in 1/1000; 0: not given
};

/// The registers of `choice`: `btr`, those that `known` has for the bit rate, or calculated ones.
/// Throws Errc::invalid for a bit rate and `btr`, and for a bit rate that the controller can't
/// have.
std::uint16_t choose_btr(const BtrChoice& choice, std::span<const KnownRate> known);

}  // namespace can::controllers
