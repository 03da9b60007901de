// SPDX-License-Identifier: MIT
// The length of a replay, told before it has ended.
#include "libcan/flow/forecast.h"

#include <catch2/catch.hpp>

#include "tests/moved_time.h"
#include "tests/scripted_bus.h"
#include "tests/scripted_log.h"

using namespace can;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

struct Silent final : ReplayListener {
  void on_turn(const Pacer::Turn&, const ReplayCounts&) override {}
  void on_sent(const ReplayCounts&) override {}
  void on_notice(const std::string&) override {}
};

/// 3 s with a pause of an hour and an error frame at the end.
std::vector<Message> messages() {
  return {{.timestamp = 100s, .id = 1, .channel = Channel("can0")},
          {.timestamp = 101s, .id = 2, .channel = Channel("can0")},
          {.timestamp = 3701s, .id = 3, .channel = Channel("can0")},
          {.timestamp = 3702s, .id = 4, .channel = Channel("can1")},
          {.timestamp = 3710s, .channel = Channel("can0"), .error = true}};
}

Forecast::Plan plan_of(Replay::Options options, std::string failure = {}) {
  return {.open = [failure] { return std::make_unique<ScriptedLog>(messages(), failure); },
          .selection = {},
          .options = options,
          .routes = {}};
}

nanoseconds length_of(Forecast::Plan plan) {
  const Forecast forecast(std::move(plan));
  for (int i = 0; i < 5000; ++i) {
    if (const auto length = forecast.length()) return *length;
    std::this_thread::sleep_for(1ms);
  }
  FAIL("no length after 5 s");
  return {};
}

/// What a replay comes to, for comparison.
nanoseconds played(Replay::Options options, std::uint64_t loops) {
  Routes routes;
  routes.open([](const std::string& name) { return std::make_unique<ScriptedBus>(name); });
  MovedTime time;
  Silent silent;
  Replay replay(routes, options, time, silent);
  for (std::uint64_t i = 0; i < loops; ++i) {
    if (i > 0) replay.begin_again();
    if (!replay.play(messages())) break;
  }
  return replay.counts().position;
}

}  // namespace

TEST_CASE("the length of a replay is its own, not the log's", "[forecast]") {
  CHECK(length_of(plan_of({.pace = {.skip = 10s}})) == 12s);
  CHECK(length_of(plan_of({.pace = {.skip = 10s, .speed = 2000}})) == 6s);
  CHECK(length_of(plan_of({.pace = {.gap = 5s, .ignore_timestamps = true}})) == 15s);
  CHECK(length_of(plan_of({.error_frames = true})) == 3610s);
  CHECK(length_of(plan_of({.max_messages = 2})) == 1s);
}

TEST_CASE("channels without a bus, and messages that are not selected, take no time",
          "[forecast]") {
  Forecast::Plan plan = plan_of({.pace = {.skip = 10s}});
  plan.routes.assign("can0", "vcan0");
  CHECK(length_of(std::move(plan)) == 11s);
  Forecast::Plan selecting = plan_of({.pace = {.skip = 10s}});
  selecting.selection.filters = {{.id = 1, .mask = 0x7FD}};  // 1 and 3
  CHECK(length_of(std::move(selecting)) == 10s);
}

TEST_CASE("all loops count, with the pauses between", "[forecast]") {
  for (const std::uint64_t loops : {2, 3, 7})
    for (const std::uint64_t count : {UINT64_MAX, std::uint64_t{9}}) {
      const Replay::Options options{.pace = {.skip = 10s}, .max_messages = count};
      Forecast::Plan plan = plan_of(options);
      plan.loops = loops;
      CAPTURE(loops, count);
      CHECK(length_of(std::move(plan)) == played(options, loops));
    }
}

TEST_CASE("a damaged log is played up to the damage", "[forecast]") {
  CHECK(length_of(plan_of({.pace = {.skip = 1s}}, "in.log:5: damaged")) == 3s);
}
