// SPDX-License-Identifier: MIT
#include "formats/support/resampler.h"

#include <catch2/catch.hpp>

#include "cansuite/error.h"

using namespace can;
using namespace can::signals;
using namespace std::chrono_literals;

namespace {

const Signal kNumber{.name = "n", .length = 8};
const Signal kText{
    .name = "t", .length = 8, .values = {{.raw = 1, .negative = false, .text = "on"}}};

struct Sample {
  std::size_t column;
  std::chrono::nanoseconds time;
  std::uint64_t raw;
};

/// "10:1,- 20:2,5": the rows of two columns, the second one with texts for values.
std::string rows_of(std::chrono::nanoseconds step, bool interpolate,
                    std::initializer_list<Sample> samples) {
  std::string all;
  Resampler rows(step, 2, interpolate, [&](auto time, std::span<const Cell> cells) {
    if (!all.empty()) all += ' ';
    all += std::to_string(time / 1ms) + ":";
    for (const Cell& cell : cells)
      all += (&cell == cells.data() ? "" : ",") + (cell.kind == Cell::Kind::empty ? "-"
                                                   : cell.kind == Cell::Kind::exact
                                                       ? to_string(cell.value)
                                                       : fmt::format("{}", cell.number));
  });
  for (const Sample& s : samples)
    rows.add(s.column, s.time, {s.column == 0 ? &kNumber : &kText, s.raw, 0});
  rows.finish();
  return all;
}

}  // namespace

TEST_CASE("a row has the last value up to its time", "[signals]") {
  CHECK(
      rows_of(10ms, false, {{0, 5ms, 1}, {1, 10ms, 7}, {0, 15ms, 2}, {0, 20ms, 3}, {1, 41ms, 8}}) ==
      "10:1,7 20:3,7 30:3,7 40:3,7");
  CHECK(rows_of(10ms, false, {{0, 20ms, 1}}) == "20:1,-");
  CHECK(rows_of(10ms, false, {{0, -25ms, 1}, {0, 0ms, 2}}) == "-20:1,- -10:1,- 0:2,-");
  CHECK(rows_of(10ms, false, {{0, 21ms, 1}, {0, 29ms, 1}}) == "");
  CHECK(rows_of(10ms, false, {}) == "");
}

TEST_CASE("a row has what lies on the line between two values", "[signals]") {
  CHECK(
      rows_of(10ms, true, {{0, 5ms, 10}, {1, 5ms, 1}, {0, 25ms, 30}, {1, 25ms, 2}, {0, 35ms, 0}}) ==
      "10:15,1 20:25,1 30:15,-");
  CHECK(rows_of(10ms, true, {{0, 10ms, 4}, {0, 20ms, 6}}) == "10:4,- 20:6,-");
  CHECK(rows_of(10ms, true, {{0, 10ms, 4}, {1, 30ms, 6}}) == "10:-,- 20:-,- 30:-,6");
  CHECK(rows_of(10ms, true, {{0, 10ms, 4}, {0, 30ms, 6}, {0, 20ms, 9}}) == "10:4,- 20:5,- 30:6,-");
}

TEST_CASE("values that come behind later ones are counted where a row lacks them", "[signals]") {
  std::string all;
  const auto late = [&all](bool interpolate, std::initializer_list<Sample> samples) {
    Resampler rows(10ms, 2, interpolate, [&](auto time, std::span<const Cell> cells) {
      all += std::to_string(time / 1ms) + ":" + std::to_string(cells[0].value.raw) + " ";
    });
    for (const Sample& s : samples) rows.add(s.column, s.time, {&kNumber, s.raw, 0});
    rows.finish();
    return rows.late();
  };
  // The clock goes back by 20 ms: the rows stay in order, and have the latest value by time.
  CHECK(late(false, {{0, 0ms, 1}, {0, 25ms, 2}, {0, 5ms, 3}, {0, 15ms, 4}, {0, 35ms, 5}}) == 2);
  CHECK(all == "0:1 10:1 20:1 30:2 ");
  all.clear();
  // No row lies between the two values.
  CHECK(late(false, {{0, 0ms, 1}, {0, 18ms, 2}, {0, 12ms, 3}, {0, 21ms, 4}}) == 0);
  CHECK(all == "0:1 10:1 20:2 ");
  // Another column is ahead; this one's rows wait for the value only with interpolation.
  CHECK(late(false, {{0, 0ms, 1}, {1, 25ms, 2}, {0, 15ms, 3}}) == 1);
  CHECK(late(true, {{0, 0ms, 1}, {1, 25ms, 2}, {0, 15ms, 3}}) == 0);
  CHECK(late(true, {{0, 0ms, 1}, {0, 25ms, 2}, {0, 15ms, 3}}) == 1);
}

TEST_CASE("rows that wait for a value, and rows at all, are bounded", "[signals]") {
  std::size_t rows = 0, filled = 0;
  Resampler resampler(1ms, 1, true, [&](auto, std::span<const Cell> cells) {
    ++rows;
    filled += cells[0].kind != Cell::Kind::empty;
  });
  resampler.add(0, 0ms, {&kNumber, 1, 0});
  resampler.add(0, 50s, {&kNumber, 2, 0});
  resampler.finish();
  CHECK(rows == 50'001);
  CHECK(filled == Resampler::kMaxWaiting + 1);  // and the row of the value itself
  Resampler endless(1ns, 1, false, [](auto, auto) {});
  endless.add(0, 0s, {&kNumber, 1, 0});
  CHECK_THROWS_WITH(endless.add(0, 1h, {&kNumber, 1, 0}),
                    "over 100000000 rows: expected a larger step, or a shorter log");
}

TEST_CASE("too many rows are refused before any of them is made", "[signals]") {
  std::size_t made = 0;
  Resampler rows(1ns, 1, false, [&](auto, auto) { ++made; });
  rows.add(0, 0ns, {&kNumber, 1, 0});
  CHECK_THROWS_AS(rows.add(0, 1s, {&kNumber, 1, 0}), Error);
  CHECK_THROWS_AS(rows.add(0, std::chrono::nanoseconds::max(), {&kNumber, 1, 0}), Error);
  CHECK(made == 0);
}

TEST_CASE("times at both ends of all times are refused", "[signals]") {
  Resampler rows(1s, 1, false, [](auto, auto) {});
  rows.add(0, std::chrono::nanoseconds::min(), {&kNumber, 1, 0});
  CHECK_THROWS_AS(rows.add(0, std::chrono::nanoseconds::max(), {&kNumber, 1, 0}), Error);
  Resampler late(1s, 1, false, [](auto, auto) {});
  CHECK_THROWS_AS(
      [&] {
        late.add(0, std::chrono::nanoseconds::max(), {&kNumber, 1, 0});
        late.finish();
      }(),
      Error);
}
