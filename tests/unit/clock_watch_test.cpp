// SPDX-License-Identifier: MIT
#include "libcan/flow/clock_watch.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace can;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

/// Clocks that only the test moves.
struct Clocks {
  ClockWatch::Reading now{.wall = 1'700'000'000s, .even = 50s};

  ClockWatch watch() {
    return ClockWatch([this] { return now; });
  }
  void pass(nanoseconds time) {
    now.wall += time;
    now.even += time;
  }
  void set(nanoseconds by) { now.wall += by; }
};

/// The times after make_even(), relative to 1'700'000'000 s.
std::vector<nanoseconds> even(const ClockWatch& watch, std::vector<nanoseconds> times) {
  std::vector<Message> messages(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) messages[i].timestamp = 1'700'000'000s + times[i];
  watch.make_even(messages);
  for (std::size_t i = 0; i < times.size(); ++i)
    times[i] = messages[i].timestamp - nanoseconds(1'700'000'000s);
  return times;
}

using Times = std::vector<nanoseconds>;

}  // namespace

TEST_CASE("a clock that is set makes a step, once", "[clock_watch]") {
  Clocks clocks;
  ClockWatch watch = clocks.watch();
  clocks.pass(20ms);
  CHECK(watch.check() == 0ns);
  const nanoseconds step = GENERATE(nanoseconds(1h), nanoseconds(-1h), nanoseconds(10ms));
  clocks.pass(20ms);
  clocks.set(step);
  CHECK(watch.check() == step);
  clocks.pass(20ms);
  CHECK(watch.check() == 0ns);
}

TEST_CASE("a clock that is slewed makes no step, nor does a long time between two looks",
          "[clock_watch]") {
  Clocks clocks;
  ClockWatch watch = clocks.watch();
  for (int i = 0; i < 1000; ++i) {
    clocks.pass(20ms);
    clocks.set(10us);
    REQUIRE(watch.check() == 0ns);
  }
  clocks.pass(24h);
  CHECK(watch.check() == 0ns);
}

TEST_CASE("times are even over steps, also of messages that came before and arrive behind",
          "[clock_watch]") {
  Clocks clocks;
  ClockWatch watch = clocks.watch();
  CHECK(even(watch, {1ms}) == Times{1ms});
  clocks.pass(20ms);
  SECTION("forward") {
    clocks.set(1h);
    clocks.pass(5ms);
    CHECK(watch.check() == 1h);
    CHECK(even(watch, {19ms, 1h + 21ms, 1h + 25ms}) == Times{19ms, 21ms, 25ms});
    clocks.pass(20ms);
    CHECK(watch.check() == 0ns);
    CHECK(even(watch, {19ms, 1h + 45ms}) == Times{19ms, 45ms});
    clocks.set(-2h);
    clocks.pass(5ms);
    CHECK(watch.check() == -2h);
    CHECK(even(watch, {1h + 45ms, -1h + 49ms}) == Times{45ms, 49ms});
  }
  SECTION("back") {
    clocks.set(-1h);
    clocks.pass(5ms);
    CHECK(watch.check() == -1h);
    CHECK(even(watch, {19ms, -1h + 21ms}) == Times{19ms, 21ms});
    clocks.pass(1min);
    CHECK(watch.check() == 0ns);
    CHECK(even(watch, {-1h + 1min}) == Times{1min});
  }
}

TEST_CASE("the system's clocks show no step by themselves", "[clock_watch]") {
  ClockWatch watch;
  for (int i = 0; i < 1000; ++i) REQUIRE(watch.check() == 0ns);
}
