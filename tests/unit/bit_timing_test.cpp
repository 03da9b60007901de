// SPDX-License-Identifier: MIT
#include "cansuite/bit_timing.h"

#include <catch2/catch.hpp>
#include <span>

#include "libcan/model/fail.h"

using namespace can;

namespace {

constexpr BitTimingLimits kSja1000 = {.clock = 8'000'000};
// The nominal and the data phase of a PCAN-USB Pro FD.
constexpr BitTimingLimits kNominal = {
    .clock = 80'000'000, .tseg1_max = 64, .tseg2_max = 16, .sjw_max = 16, .brp_max = 1024};
constexpr BitTimingLimits kData = {.clock = 80'000'000, .brp_max = 1024};

struct Row {
  std::uint32_t bitrate, wanted_point;
  std::uint32_t prop_seg, phase_seg1, phase_seg2, brp, real_bitrate, real_point;
};

void check_rows(const BitTimingLimits& limits, std::span<const Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(row.bitrate, row.wanted_point);
    const BitTiming timing = calculate_bit_timing(limits, row.bitrate, row.wanted_point);
    CHECK(timing.prop_seg() == row.prop_seg);
    CHECK(timing.phase_seg1() == row.phase_seg1);
    CHECK(timing.tseg2 == row.phase_seg2);
    CHECK(timing.brp == row.brp);
    CHECK(timing.bitrate == row.real_bitrate);
    CHECK(timing.sample_point == row.real_point);
  }
}

}  // namespace

TEST_CASE("bit timings of a classic controller are those of Linux", "[bit_timing]") {
  const Row rows[] = {
      {1000000, 0, 2, 3, 2, 1, 1000000, 750}, {800000, 0, 3, 4, 2, 1, 800000, 800},
      {500000, 0, 6, 7, 2, 1, 500000, 875},   {250000, 0, 6, 7, 2, 2, 250000, 875},
      {125000, 0, 6, 7, 2, 4, 125000, 875},   {100000, 0, 6, 7, 2, 5, 100000, 875},
      {83333, 0, 6, 7, 2, 6, 83333, 875},     {50000, 0, 6, 7, 2, 10, 50000, 875},
      {33333, 0, 6, 7, 2, 15, 33333, 875},    {20000, 0, 6, 7, 2, 25, 20000, 875},
      {10000, 0, 6, 7, 2, 50, 10000, 875},    {500000, 750, 5, 6, 4, 1, 500000, 750},
      {500000, 800, 5, 6, 4, 1, 500000, 750}, {250000, 700, 5, 5, 5, 2, 250000, 687},
      {125000, 600, 4, 4, 7, 4, 125000, 562}, {615384, 0, 4, 5, 3, 1, 615384, 769},
      {95238, 0, 5, 6, 2, 6, 95238, 857},     {47619, 850, 4, 5, 2, 14, 47619, 833},
  };
  check_rows(kSja1000, rows);
}

TEST_CASE("bit timings of CAN FD are those of Linux", "[bit_timing]") {
  // Source: the kernel's Documentation/networking/can.rst, where it shows "ip -details link show
  // can0" of a PCAN-USB Pro FD: 500 kbit/s at 75 %, 4 Mbit/s at 80 %, a clock of 80 MHz.
  const Row nominal[] = {{500'000, 750, 14, 15, 10, 4, 500'000, 750}};
  check_rows(kNominal, nominal);
  const Row data[] = {{4'000'000, 800, 7, 8, 4, 1, 4'000'000, 800}};
  check_rows(kData, data);
}

TEST_CASE("bit timings that can't be", "[bit_timing]") {
  CHECK_THROWS_AS(calculate_bit_timing(kSja1000, 0), Error);
  CHECK_THROWS_AS(calculate_bit_timing(kSja1000, 500'000, 1000), Error);
  CHECK_THROWS_WITH(calculate_bit_timing(kSja1000, 5'000'000), Catch::Contains("5000000 bit/s"));
  CHECK_THROWS_AS(calculate_bit_timing(kSja1000, 1'000), Error);
}

TEST_CASE("every bit timing keeps within the limits of the controller", "[bit_timing]") {
  for (std::uint32_t bitrate = 10'000; bitrate <= 1'000'000; bitrate += 10'000)
    for (std::uint32_t point = 0; point < 950; point += 50) {
      BitTiming timing;
      try {
        timing = calculate_bit_timing(kSja1000, bitrate, point);
      } catch (const Error&) {
        continue;
      }
      CAPTURE(bitrate, point);
      CHECK((timing.tseg1 >= 1 && timing.tseg1 <= 16));
      CHECK((timing.tseg2 >= 1 && timing.tseg2 <= 8));
      CHECK((timing.brp >= 1 && timing.brp <= 64));
      CHECK((timing.sjw >= 1 && timing.sjw <= 4));
      CHECK(timing.bitrate == 8'000'000 / (timing.brp * (1 + timing.tseg1 + timing.tseg2)));
      if (point != 0) CHECK(timing.sample_point <= point);
    }
}
