// SPDX-License-Identifier: MIT
// Sizes, times and counts as people write and read them.

#include "libcan/model/quantity.h"

#include <catch2/catch.hpp>

#include "libcan/model/duration.h"
#include "libcan/model/fail.h"

using namespace can;
using namespace std::chrono_literals;

TEST_CASE("sizes in each unit") {
  constexpr std::uint64_t kKibi = 1024;
  for (const char* one : {"1", "1B", "1.9"}) CHECK(parse_size(one) == 1);
  for (const char* kilo : {"1k", "1K", "1KiB", "1kiB", "1024"}) CHECK(parse_size(kilo) == kKibi);
  CHECK(parse_size("10M") == 10 * kKibi * kKibi);
  CHECK(parse_size("1.5m") == 3 * kKibi * kKibi / 2);
  CHECK(parse_size("2G") == 2 * kKibi * kKibi * kKibi);
  CHECK(parse_size("1TiB") == kKibi * kKibi * kKibi * kKibi);
  for (const char* bad : {"", "0", "0.5", "-1", "k", "1X", "1kk", "1 k", "nan", "1e30"})
    CHECK_THROWS_WITH(parse_size(bad), Catch::Contains("expected a size"));
}

TEST_CASE("times in each unit, up to what a time can be") {
  const std::pair<const char*, std::chrono::nanoseconds> all[] = {
      {"3h", 3h},   {"3min", 3min}, {"3m", 3min}, {"3s", 3s}, {"3ms", 3ms},
      {"3us", 3us}, {"3ns", 3ns},   {"3", 3ms},   {"0", 0ns}, {"0.0000015s", 1500ns}};
  for (const auto& [text, time] : all) CHECK(parse_duration(text, 1ms) == time);
  CHECK(parse_duration("2499999h", 1s) == 2499999h);
  CHECK_THROWS_AS(parse_duration("2500001h", 1s), Error);
}

TEST_CASE("times for people change their unit where it is full") {
  const std::pair<std::chrono::nanoseconds, const char*> all[] = {{999ns, "999 ns"},
                                                                  {1us, "1 us"},
                                                                  {999us, "999 us"},
                                                                  {1ms, "1 ms"},
                                                                  {999ms, "999 ms"},
                                                                  {1s, "1 s"},
                                                                  {9'990ms, "9.99 s"},
                                                                  {10s, "10 s"},
                                                                  {48h - 1s, "172799 s"},
                                                                  {48h, "2 days"},
                                                                  {2 * 8766h - 1h, "730 days"},
                                                                  {2 * 8766h, "2 years"}};
  for (const auto& [time, text] : all) CHECK(to_text(time) == text);
}

TEST_CASE("counts, with what they count") {
  CHECK(counted(0, "message") == "0 messages");
  CHECK(counted(1, "message") == "1 message");
  CHECK(counted(1'234'567, "message") == "1,234,567 messages");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
}
