// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace can {

/// The limits of a controller in one phase of a bit. Segments are in time quanta. The
/// synchronization segment of one quantum is added to them.
struct BitTimingLimits {
  std::uint32_t clock = 0;       ///< Hz
  std::uint32_t tseg1_min = 1;   ///< propagation segment and phase segment 1, quanta, at least
  std::uint32_t tseg1_max = 16;  ///< the same, at most
  std::uint32_t tseg2_min = 1;   ///< phase segment 2, quanta, at least
  std::uint32_t tseg2_max = 8;   ///< the same, at most
  std::uint32_t sjw_max = 4;     ///< synchronization jump width, quanta
  std::uint32_t brp_min = 1;     ///< prescaler, clock ticks a quantum, at least
  std::uint32_t brp_max = 64;    ///< the same, at most
  std::uint32_t brp_step = 1;    ///< the prescaler is a multiple of it
};

/// The bit timing of one phase.
struct BitTiming {
  std::uint32_t bitrate = 0;       ///< bit/s, the real one
  std::uint32_t sample_point = 0;  ///< in 1/1000 of a bit, the real one
  std::uint32_t brp = 0;           ///< clock ticks a time quantum
  std::uint32_t tseg1 = 0;         ///< propagation segment and phase segment 1, quanta
  std::uint32_t tseg2 = 0;         ///< phase segment 2, quanta
  std::uint32_t sjw = 0;           ///< synchronization jump width, quanta

  std::uint32_t prop_seg() const { return tseg1 / 2; }             ///< propagation segment, quanta
  std::uint32_t phase_seg1() const { return tseg1 - prop_seg(); }  ///< phase segment 1, quanta
  bool operator==(const BitTiming&) const = default;               ///< all fields
};

/// The timing with the bit rate nearest to `bitrate` (bit/s). Among equals it is the one with the
/// sample point nearest to `sample_point` (1/1000 of a bit; 0: CiA's recommendation) but not after
/// it, then the one with the most quanta: what Linux chooses. The data phase of CAN FD has limits
/// of its own. Throws Errc::invalid when no timing is within 5 % of the bit rate.
///
/// Source: results of the kernel's can_calc_bittiming(); the jump width as since Linux 6.3.
BitTiming calculate_bit_timing(const BitTimingLimits& limits, std::uint32_t bitrate,
                               std::uint32_t sample_point = 0);

}  // namespace can
