// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace can {

/// What a controller can do in one phase of a bit: its clock and the range of each register.
/// Segments are in time quanta; the synchronization segment of one quantum comes on top.
struct BitTimingLimits {
  std::uint32_t clock = 0;                      ///< Hz
  std::uint32_t tseg1_min = 1, tseg1_max = 16;  ///< propagation segment and phase segment 1
  std::uint32_t tseg2_min = 1, tseg2_max = 8;   ///< phase segment 2
  std::uint32_t sjw_max = 4;
  std::uint32_t brp_min = 1, brp_max = 64, brp_step = 1;  ///< prescaler
};

/// How a controller makes its bits.
struct BitTiming {
  std::uint32_t bitrate = 0;                    ///< bit/s, as it comes out
  std::uint32_t sample_point = 0;               ///< in 1/1000 of a bit, as it comes out
  std::uint32_t brp = 0;                        ///< clock ticks a time quantum
  std::uint32_t tseg1 = 0, tseg2 = 0, sjw = 0;  ///< time quanta

  std::uint32_t prop_seg() const { return tseg1 / 2; }
  std::uint32_t phase_seg1() const { return tseg1 - prop_seg(); }
  bool operator==(const BitTiming&) const = default;
};

/// The timing next to `bitrate` (bit/s), and of those the one with the sample point next to
/// `sample_point` (1/1000; 0: CiA's recommendation) but not behind it, and of those the one with
/// the finest quanta: what Linux chooses. For CAN FD's data phase, give it the limits of that
/// phase. Throws Errc::invalid when nothing comes within 5 % of the bit rate.
///
/// Source: results of the kernel's can_calc_bittiming(); the jump width as since Linux 6.3.
BitTiming calculate_bit_timing(const BitTimingLimits& limits, std::uint32_t bitrate,
                               std::uint32_t sample_point = 0);

}  // namespace can
