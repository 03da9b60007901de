// SPDX-License-Identifier: MIT
#include "libcan/model/trend.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

using namespace can;
using namespace std::chrono_literals;

TEST_CASE("trend: each interval has its least and most value") {
  Trend trend;
  trend.add(0ms, 5);
  trend.add(9ms, -2);
  trend.add(31ms, 7);
  REQUIRE(trend.intervals().size() == 4);
  CHECK(trend.width() == 10ms);
  CHECK(trend.intervals()[0].least == -2);
  CHECK(trend.intervals()[0].most == 5);
  CHECK(trend.intervals()[1].count == 0);
  CHECK(trend.intervals()[3].least == 7);
  CHECK((trend.least() == -2 && trend.most() == 7 && trend.count() == 3));
}

TEST_CASE("trend: however long the time, the intervals are those of a count") {
  std::mt19937_64 random(1);
  std::vector<std::pair<std::chrono::nanoseconds, double>> values;
  std::chrono::nanoseconds at{};
  for (int i = 0; i < 5000; ++i) {
    at += std::chrono::nanoseconds(random() % 100'000'000);
    values.emplace_back(at, static_cast<double>(random() % 1000) - 500);
  }
  Trend trend;
  for (const auto& [time, value] : values) trend.add(time, value);
  REQUIRE(trend.intervals().size() <= Trend::kIntervals);
  CHECK(trend.intervals().size() > Trend::kIntervals / 2);
  for (std::size_t i = 0; i < trend.intervals().size(); ++i) {
    double least = 1e9, most = -1e9;
    std::uint64_t count = 0;
    for (const auto& [time, value] : values) {
      if (static_cast<std::size_t>(time / trend.width()) != i) continue;
      least = std::min(least, value);
      most = std::max(most, value);
      ++count;
    }
    CHECK(trend.intervals()[i].count == count);
    if (count > 0)
      CHECK((trend.intervals()[i].least == least && trend.intervals()[i].most == most));
  }
}
