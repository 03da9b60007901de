// SPDX-License-Identifier: MIT
#include "cansuite/bit_timing.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "libcan/model/fail.h"

namespace can {
namespace {

std::uint32_t distance(std::uint32_t a, std::uint32_t b) { return a > b ? a - b : b - a; }

std::uint32_t recommended_sample_point(std::uint32_t bitrate) {
  if (bitrate > 800'000) return 750;
  return bitrate > 500'000 ? 800 : 875;
}

struct Segments {
  std::uint32_t tseg1, tseg2, sample_point;
};

/// A bit of `quanta`, cut at the sample point or before it.
std::optional<Segments> cut(const BitTimingLimits& limits, std::uint32_t quanta,
                            std::uint32_t sample_point) {
  const std::uint32_t wanted = quanta - quanta * sample_point / 1000;
  for (const std::uint32_t tseg2_wanted : {wanted - 1, wanted}) {
    std::uint32_t tseg2 = std::clamp(tseg2_wanted, limits.tseg2_min, limits.tseg2_max);
    if (1 + limits.tseg1_min + tseg2 > quanta) continue;
    const std::uint32_t tseg1 = std::min(quanta - 1 - tseg2, limits.tseg1_max);
    tseg2 = quanta - 1 - tseg1;
    const std::uint32_t real = 1000 * (quanta - tseg2) / quanta;
    if (real <= sample_point) return Segments{tseg1, tseg2, real};
  }
  return std::nullopt;
}

struct Candidate {
  BitTiming timing;
  std::uint32_t bitrate_error, sample_point_error;

  bool better_than(const Candidate& other) const {
    return std::tie(bitrate_error, sample_point_error) <
           std::tie(other.bitrate_error, other.sample_point_error);
  }
};

std::optional<Candidate> try_out(const BitTimingLimits& limits, std::uint32_t quanta,
                                 std::uint64_t brp, std::uint32_t bitrate,
                                 std::uint32_t sample_point) {
  brp -= brp % limits.brp_step;
  if (brp < limits.brp_min || brp > limits.brp_max) return std::nullopt;
  const auto segments = cut(limits, quanta, sample_point);
  if (!segments) return std::nullopt;
  const auto real = static_cast<std::uint32_t>(limits.clock / (brp * quanta));
  const BitTiming timing = {.bitrate = real,
                            .sample_point = segments->sample_point,
                            .brp = static_cast<std::uint32_t>(brp),
                            .tseg1 = segments->tseg1,
                            .tseg2 = segments->tseg2};
  return Candidate{timing, distance(bitrate, real), distance(sample_point, timing.sample_point)};
}

std::uint32_t jump_width(const BitTimingLimits& limits, const BitTiming& timing) {
  const std::uint32_t wide = std::min(timing.phase_seg1(), timing.tseg2 / 2);
  return std::clamp<std::uint32_t>(wide, 1, std::max<std::uint32_t>(limits.sjw_max, 1));
}

}  // namespace

BitTiming calculate_bit_timing(const BitTimingLimits& limits, std::uint32_t bitrate,
                               std::uint32_t sample_point) {
  if (bitrate == 0 || sample_point >= 1000)
    fail(Errc::invalid,
         "expected a bit rate above 0 and a sample point below 100 %, got {} bit/s, {} %", bitrate,
         sample_point / 10.0);
  if (sample_point == 0) sample_point = recommended_sample_point(bitrate);
  std::optional<Candidate> best;
  const std::uint32_t min_quanta = 1 + limits.tseg1_min + limits.tseg2_min;
  for (std::uint32_t quanta = 1 + limits.tseg1_max + limits.tseg2_max; quanta >= min_quanta;
       --quanta) {
    const std::uint64_t brp = limits.clock / (std::uint64_t{quanta} * bitrate);
    for (const std::uint64_t each : {brp + 1, brp}) {
      const auto candidate = try_out(limits, quanta, each, bitrate, sample_point);
      if (candidate && (!best || candidate->better_than(*best))) best = candidate;
    }
  }
  if (!best || std::uint64_t{best->bitrate_error} * 1000 / bitrate > 50)
    fail(Errc::invalid, "no bit timing within 5 % of {} bit/s with a clock of {} Hz", bitrate,
         limits.clock);
  best->timing.sjw = jump_width(limits, best->timing);
  return best->timing;
}

}  // namespace can
