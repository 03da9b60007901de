// SPDX-License-Identifier: MIT
// When the messages of a replay are due. No clock: each test says what time it is.
#include "cansuite/pacer.h"

#include <catch2/catch.hpp>

using namespace can;
using namespace std::chrono_literals;

namespace {

constexpr Pacer::Clock::time_point kStart{1h};

/// A replay that is always in time: each message is asked for when the one before was due.
class InTime {
 public:
  explicit InTime(Pacer::Pace pace) : pacer_(pace) {}
  /// Since the first message.
  std::chrono::nanoseconds due(std::chrono::nanoseconds timestamp) {
    turn_ = pacer_.next(timestamp, now_);
    now_ = turn_.due;
    return now_ - kStart;
  }
  const Pacer::Turn& turn() const { return turn_; }

 private:
  Pacer pacer_;
  Pacer::Turn turn_;
  Pacer::Clock::time_point now_ = kStart;
};

}  // namespace

TEST_CASE("a replay keeps the log's times, a little late or not", "[pacer]") {
  Pacer pacer({});
  CHECK(pacer.next(100s, kStart).due == kStart);
  CHECK(pacer.next(101s, kStart + 1s + 90ms).due == kStart + 1s);
  CHECK(pacer.next(102s, kStart + 1s + 90ms).due == kStart + 2s);
  CHECK(pacer.next(102s, kStart + 2s).due == kStart + 2s);
}

TEST_CASE("a long pause is cut, and told", "[pacer]") {
  InTime replay({.skip = 10s});
  replay.due(100s);
  CHECK(replay.due(1000s) == 10s);
  CHECK(replay.turn().pause == 900s);
  CHECK(replay.turn().wait == 10s);
  CHECK(replay.due(1001s) == 11s);
  CHECK(replay.turn().pause == 1s);
  CHECK(replay.turn().wait == 1s);
}

TEST_CASE("a gap is the least there is between two messages", "[pacer]") {
  InTime replay({.gap = 5ms});
  replay.due(1s);
  CHECK(replay.due(1001ms) == 5ms);
  CHECK(replay.due(1008ms) == 12ms);  // no gap is added to a pause that is longer
  InTime even({.gap = 5ms, .ignore_timestamps = true});
  even.due(1s);
  CHECK(even.due(9s) == 5ms);
  CHECK(even.due(1s) == 10ms);
  CHECK(even.turn().stepped_back == 0s);
}

TEST_CASE("a clock that is set back keeps the pauses from there on", "[pacer]") {
  InTime replay({});
  replay.due(100s);
  CHECK(replay.due(101s) == 1s);
  CHECK(replay.due(40s) == 1s);
  CHECK(replay.turn().stepped_back == 61s);
  CHECK(replay.due(43s) == 4s);
  CHECK(replay.turn().stepped_back == 0s);
  CHECK(replay.due(44s) == 5s);
}

TEST_CASE("messages in disorder cost no time", "[pacer]") {
  InTime replay({});
  replay.due(100s);
  CHECK(replay.due(101s) == 1s);
  CHECK(replay.due(101s - 90ms) == 1s);
  CHECK(replay.turn().stepped_back == 0s);
  CHECK(replay.due(102s) == 2s);  // from the latest so far
}

TEST_CASE("what is overdue shifts all behind it", "[pacer]") {
  Pacer pacer({});
  pacer.next(0s, kStart);
  const auto late = pacer.next(1s, kStart + 5s);
  CHECK(late.due == kStart + 5s);
  CHECK(late.shifted == 4s);
  const auto after = pacer.next(2s, kStart + 5s);
  CHECK(after.due == kStart + 6s);
  CHECK(after.shifted == 0s);
}

TEST_CASE("what is overdue goes out at once", "[pacer]") {
  Pacer pacer({.on_late = OnLate::burst});
  pacer.next(0s, kStart);
  for (auto time : {1s, 2s, 3s}) {
    const auto turn = pacer.next(time, kStart + 3s);
    CHECK(turn.due == kStart + time);
    CHECK(turn.shifted == 0s);
    CHECK_FALSE(turn.drop);
  }
  CHECK(pacer.next(4s, kStart + 3s).due == kStart + 4s);
}

TEST_CASE("what is overdue is left out", "[pacer]") {
  Pacer pacer({.on_late = OnLate::drop});
  pacer.next(0s, kStart);
  CHECK(pacer.next(1s, kStart + 3s).drop);
  CHECK(pacer.next(2s, kStart + 3s).drop);
  CHECK_FALSE(pacer.next(3s, kStart + 3s).drop);
  const auto next = pacer.next(4s, kStart + 3s);
  CHECK_FALSE(next.drop);
  CHECK(next.due == kStart + 4s);
}

TEST_CASE("no message is overdue where only the gap counts, and none comes in a burst", "[pacer]") {
  for (const OnLate on_late : {OnLate::shift, OnLate::drop}) {
    Pacer pacer({.gap = 2ms, .ignore_timestamps = true, .on_late = on_late});
    pacer.next(0s, kStart);
    const auto late = pacer.next(0s, kStart + 1s);
    CHECK(late.due == kStart + 1s);
    CHECK_FALSE(late.drop);
    CHECK(late.shifted == 0s);
    CHECK(pacer.next(0s, kStart + 1s).due == kStart + 1s + 2ms);
  }
}

TEST_CASE("timestamps at both ends of the range", "[pacer]") {
  using std::chrono::nanoseconds;
  InTime cut({.skip = 1s});
  cut.due(nanoseconds::min());
  CHECK(cut.due(nanoseconds::max()) == 1s);
  CHECK(cut.due(nanoseconds::min()) == 1s);
  CHECK(cut.turn().stepped_back == nanoseconds::max());
  InTime whole({});
  whole.due(nanoseconds::min());
  for (int round = 0; round < 3; ++round) {
    CHECK(whole.due(nanoseconds::max()) > 24h * 365 * 250);
    whole.due(nanoseconds::min());
  }
}

TEST_CASE("a replay is faster or slower than the log, without an error that adds up", "[pacer]") {
  InTime twice({.speed = 2000}), half({.speed = 500}), odd({.speed = 3000});
  for (InTime* replay : {&twice, &half, &odd}) replay->due(100s);
  CHECK(twice.due(101s) == 500ms);
  CHECK(half.due(101s) == 2s);
  std::chrono::nanoseconds due{};
  for (int i = 1; i <= 3'000'000; ++i) due = odd.due(100s + i * 1us);  // a third of 1 us is odd
  CHECK(due == 1s);
  InTime endless({.speed = 1});
  endless.due(std::chrono::nanoseconds::min());
  CHECK(endless.due(std::chrono::nanoseconds::max()) > 0ns);
}

TEST_CASE("a pause is cut before it is sped up, a gap is kept", "[pacer]") {
  InTime replay({.gap = 1ms, .skip = 10s, .speed = 10'000});
  replay.due(100s);
  CHECK(replay.due(1000s) == 1s);
  CHECK(replay.due(1000s + 5ms) == 1s + 1ms);
}

TEST_CASE("a log that begins again does so after the mean pause", "[pacer]") {
  Pacer pacer({});
  const auto play = [&pacer](std::chrono::nanoseconds timestamp, std::chrono::nanoseconds now) {
    const Pacer::Turn turn = pacer.next(timestamp, kStart + now);
    CHECK(turn.stepped_back == 0ns);
    CHECK(turn.shifted == 0ns);
    return turn.due - kStart;
  };
  play(100s, 0s);
  play(101s, 1s);
  play(105s, 5s);
  play(106s, 6s);
  for (const std::chrono::nanoseconds begin : {8s, 16s}) {  // 6 s with three pauses
    pacer.begin_again();
    CHECK(play(100s, begin - 2s) == begin);
    play(101s, begin + 1s);
    play(105s, begin + 5s);
    CHECK(play(106s, begin + 6s) == begin + 6s);
  }
  Pacer single({.gap = 3s});
  single.next(7s, kStart);
  single.begin_again();
  CHECK(single.next(7s, kStart).due == kStart + 3s);
}

TEST_CASE("a replay begins when it is to", "[pacer]") {
  Pacer pacer({});
  pacer.start_at(kStart + 10s);
  CHECK(pacer.next(100s, kStart).due == kStart + 10s);
  CHECK(pacer.next(101s, kStart + 10s).due == kStart + 11s);
}

TEST_CASE("a pause that a user wanted is no lateness", "[pacer]") {
  Pacer pacer({.on_late = OnLate::drop});
  pacer.next(100s, kStart);
  pacer.postpone(1h);
  const Pacer::Turn turn = pacer.next(101s, kStart + 1h);
  CHECK(turn.due == kStart + 1h + 1s);
  CHECK_FALSE(turn.drop);
}

TEST_CASE("what is older than allowed is not sent", "[pacer]") {
  Pacer pacer({.on_late = OnLate::burst, .max_age = 500ms});
  pacer.next(100s, kStart);
  CHECK_FALSE(pacer.next(101s, kStart + 1500ms).drop);
  CHECK(pacer.next(101s, kStart + 1500ms + 1ns).drop);
  CHECK_FALSE(pacer.next(102s, kStart + 1600ms).drop);
  Pacer gaps({.gap = 1ms, .ignore_timestamps = true, .max_age = 500ms});
  gaps.next(100s, kStart);
  CHECK_FALSE(gaps.next(101s, kStart + 1h).drop);
}
