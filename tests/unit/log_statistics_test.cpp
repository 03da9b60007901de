// SPDX-License-Identifier: MIT
#include "libcan/flow/log_statistics.h"

#include <catch2/catch.hpp>

#include "cansuite/error_frame.h"
#include "cansuite/frame.h"

using namespace can;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

Message at(nanoseconds time, std::uint32_t id, std::initializer_list<std::uint8_t> data = {}) {
  Message message = frame(id, data);
  message.timestamp = time;
  message.channel = Channel("can0");
  return message;
}

Message error_at(nanoseconds time, std::uint32_t kind, const char* channel = "can0") {
  Message message{.timestamp = time, .id = kind, .channel = Channel(channel), .error = true};
  message.length = 8;
  return message;
}

}  // namespace

TEST_CASE("a timeline keeps its sums however long it becomes", "[log_statistics]") {
  Timeline line;
  for (int i = 0; i < 1000; ++i) line.add(i * 1s, i % 10 == 0, 1ms);
  std::uint64_t frames = 0, errors = 0;
  nanoseconds busy{};
  for (const Timeline::Interval& interval : line.intervals()) {
    frames += interval.frames;
    errors += interval.errors;
    busy += interval.busy;
  }
  CHECK(frames == 900);
  CHECK(errors == 100);
  CHECK(busy == 1s);
  CHECK(line.width() * static_cast<std::int64_t>(line.intervals().size()) >= 999s);
  CHECK(line.width() * static_cast<std::int64_t>(Timeline::kIntervals) < 2000s);
  CHECK(line.intervals()[0].frames + line.intervals()[0].errors ==
        static_cast<std::uint64_t>(1 + (line.width() - 1ns) / 1s));
  Timeline endless;
  endless.add(nanoseconds::max(), false, 1ns);
  CHECK(endless.intervals().back().frames == 1);
}

TEST_CASE("periods are counted by classes of a quarter of an octave", "[log_statistics]") {
  for (const nanoseconds period : {1us, 3us, 100us, 999us, 10000us, 123456us, 60'000'000us}) {
    PeriodHistogram periods;
    periods.add(period);
    std::size_t index = 0;
    while (periods.count(index) == 0) ++index;
    CAPTURE(period.count(), index);
    CHECK(PeriodHistogram::lower_bound(index) <= period);
    CHECK(PeriodHistogram::lower_bound(index) * 1.26 > period);
  }
  PeriodHistogram extremes;
  extremes.add(0ns);
  extremes.add(-5s);
  extremes.add(nanoseconds::max());
  CHECK(extremes.count(0) == 2);
  CHECK(extremes.count(PeriodHistogram::kClasses - 1) == 1);
}

TEST_CASE("an id has its periods and the bits that change", "[log_statistics]") {
  LogStatistics log(500'000, 2'000'000);
  log.add(std::vector{at(1s, 1, {0x80, 0}), at(1010ms, 1, {0x81, 0}), at(1040ms, 1, {0x80, 0}),
                      at(1060ms, 1, {0x00, 0})});
  const LogStatistics::Id& id = log.buses()[0].ids.at(1);
  CHECK(id.count == 4);
  CHECK(id.mean == Approx(0.02));
  CHECK(id.deviation() == Approx(0.01));
  CHECK(id.shortest == 10ms);
  CHECK(id.longest == 30ms);
  CHECK(id.bit_changes[0] == 1);  // bit 7 of byte 0
  CHECK(id.bit_changes[7] == 2);  // bit 0
  CHECK(id.bit_changes[15] == 0);
  CHECK(id.longest_data == 2);
  CHECK(log.first() == 1s);
  CHECK(log.last() == 1060ms);
  CHECK(log.buses()[0].longest_gap == 30ms);
  CHECK(log.buses()[0].gap_at == 1010ms);
}

TEST_CASE("error frames that are close belong together", "[log_statistics]") {
  LogStatistics log(500'000, 2'000'000);
  using namespace error_bits;
  log.add(std::vector{error_at(1s, kBusOff), error_at(1900ms, kNoAck), error_at(2800ms, kNoAck),
                      error_at(2900ms, kBusOff, "can1"), error_at(4s, kNoAck)});
  REQUIRE(log.bursts().size() == 3);
  CHECK(log.bursts()[0].count == 3);
  CHECK(log.bursts()[0].first == 1s);
  CHECK(log.bursts()[0].last == 2800ms);
  CHECK(log.bursts()[0].words == "bus off");
  CHECK(log.bursts()[1].channel == Channel("can1"));
  CHECK(log.bursts()[2].first == 4s);
  CHECK(log.buses()[0].errors == 4);
  CHECK(log.buses()[0].ids.empty());
}

TEST_CASE("what has no end is counted, not kept", "[log_statistics]") {
  LogStatistics log(500'000, 2'000'000);
  Message message = extended_frame(0, {1});
  for (std::uint32_t id = 0; id < LogStatistics::kMaxIds + 5; ++id) {
    message.id = id;
    log.add({&message, 1});
  }
  CHECK(log.others() == 5);
  for (std::size_t i = 0; i < LogStatistics::kMaxBursts + 7; ++i) {
    const Message error = error_at(static_cast<std::int64_t>(2 * i) * 1s, error_bits::kBusOff);
    log.add({&error, 1});
  }
  CHECK(log.bursts().size() == LogStatistics::kMaxBursts);
  CHECK(log.more_bursts() == 7);
  const Message early = at(1s, 1);
  log.add({&early, 1});
  CHECK(log.backwards() == 1);
}
