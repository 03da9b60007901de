// SPDX-License-Identifier: MIT
#include "libcan/flow/lateness.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

using namespace can;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST_CASE("lateness without messages", "[lateness]") {
  const Lateness lateness;
  CHECK(lateness.count() == 0);
  CHECK(lateness.percentile(0.5) == 0ns);
  CHECK(lateness.max() == 0ns);
}

TEST_CASE("how late messages were", "[lateness]") {
  Lateness lateness;
  for (const nanoseconds late : {-5ns, 0ns, 1ns, 31ns, 1'000'000ns, 1'000'001ns})
    lateness.add(late);
  CHECK(lateness.count() == 6);
  CHECK(lateness.max() == 1'000'001ns);
  CHECK(lateness.over_a_millisecond() == 1);
  CHECK(lateness.percentile(0) == 0ns);
  CHECK(lateness.percentile(0.34) == 1ns);
  CHECK(lateness.percentile(0.5) == 1ns);
  CHECK(lateness.percentile(0.6) == 31ns);
  CHECK(lateness.percentile(1) == 1'000'001ns);
}

TEST_CASE("percentiles are right to a sixteenth, from nanoseconds to years", "[lateness]") {
  std::mt19937_64 random(7);
  std::vector<nanoseconds> all;
  Lateness lateness;
  for (int i = 0; i < 20'000; ++i) {
    all.emplace_back(static_cast<std::int64_t>(random() >> (1 + random() % 62)));
    lateness.add(all.back());
  }
  std::ranges::sort(all);
  for (const double share : {0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(all.size())) - 1;
    const double exact = static_cast<double>(all[rank].count());
    CAPTURE(share, exact);
    CHECK(static_cast<double>(lateness.percentile(share).count()) >= exact);
    CHECK(static_cast<double>(lateness.percentile(share).count()) <= exact * (1 + 1.0 / 16) + 1);
  }
  lateness.add(nanoseconds::max());
  CHECK(lateness.percentile(1) == nanoseconds::max());
}
