// SPDX-License-Identifier: MIT
// A recording without a clock and without a disk: the test moves the one and scripts the other.
#include "libcan/flow/recording.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/moved_time.h"
#include "tests/scripted_bus.h"
#include "tests/scripted_log.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

using Steps = std::vector<std::string>;

std::vector<Message> numbered(std::uint32_t first, std::uint32_t count) {
  std::vector<Message> messages(count);
  for (std::uint32_t i = 0; i < count; ++i) messages[i].id = first + i;
  return messages;
}

struct Hearing final : RecordingListener {
  void on_written(std::span<const Message> batch) override { written += batch.size(); }
  void on_notice(const std::string& text) override { notices.push_back(text); }
  void on_second(const Recording&) override { ++seconds; }
  void on_round(const Recording&) override { ++rounds; }
  void on_failure(const Error& error) override { failures.emplace_back(error.what()); }

  std::size_t written = 0;
  int seconds = 0, rounds = 0;
  Steps notices, failures;
};

/// What a recording needs. The recording itself is made by the test, behind the script of the bus.
struct Stage {
  ScriptedBus bus{"can0"};
  Story story;
  StoryLog log{story};
  MovedTime time;
  Hearing hearing;

  /// One that writes what comes at once, so that no test waits.
  Recording recording(Recording::Options options = {}) {
    options.worth_waking = 1;
    return {bus, log, options, time, hearing};
  }
  /// Rounds until so many messages are written.
  void receive(Recording& recording, std::uint32_t first, std::uint32_t count) {
    const auto wanted = recording.written() + count;
    bus.give(numbered(first, count));
    for (int i = 0; i < 200 && recording.written() < wanted; ++i) REQUIRE(recording.step());
    REQUIRE(recording.written() == wanted);
  }
  /// A round at that time since the start.
  void step_at(Recording& recording, std::chrono::nanoseconds elapsed) {
    time.move(elapsed - time.elapsed());
    REQUIRE(recording.step());
  }
  Steps messages() const {
    Steps ids;
    std::ranges::copy_if(story.steps, std::back_inserter(ids), [](const std::string& step) {
      return step != "flush" && step != "close" && !step.starts_with('#');
    });
    return ids;
  }
  Steps remarks() const {
    Steps texts;
    for (const std::string& step : story.steps)
      if (step.starts_with('#')) texts.push_back(step);
    return texts;
  }
  bool closed() const {
    return std::ranges::count(story.steps, "close") == 1 && story.steps.back() == "close";
  }
};

}  // namespace

TEST_CASE("everything received by the end is written, then the log is closed") {
  Stage stage;
  stage.bus.give(numbered(0, 100'000));
  auto recording = stage.recording();
  stage.time.want_end();
  recording.run();
  CHECK(stage.messages().size() == 100'000);
  CHECK(recording.written() == 100'000);
  CHECK(recording.unwritten() == 0);
  CHECK(stage.hearing.written == 100'000);
  CHECK(stage.closed());
  CHECK(recording.ended());
}

TEST_CASE("a recording ends with the message it was to end with") {
  Stage stage;
  stage.bus.give(numbered(0, 10));
  auto recording = stage.recording({.count = 7});
  recording.run();
  CHECK(stage.messages() == Steps{"0", "1", "2", "3", "4", "5", "6"});
  CHECK(recording.written() == 7);
  CHECK(stage.closed());
}

TEST_CASE("a recording ends when its time is over, not before, with the last messages") {
  Stage stage;
  auto recording = stage.recording({.duration = 10s});
  stage.receive(recording, 1, 1);
  stage.step_at(recording, 10s - 1ns);
  REQUIRE(recording.step());  // takes longer than receiving needs to end
  CHECK_FALSE(recording.ended());
  stage.receive(recording, 2, 1);
  stage.step_at(recording, 10s);
  recording.run();
  CHECK(stage.messages() == Steps{"1", "2"});
  CHECK(recording.duration() == 10s);
  CHECK(stage.closed());
}

TEST_CASE("a recording ends after a silence, which each message begins anew") {
  Stage stage;
  auto recording = stage.recording({.silence = 10s});
  stage.step_at(recording, 10s - 1ns);
  stage.receive(recording, 1, 1);
  stage.step_at(recording, 20s - 2ns);
  REQUIRE(recording.step());  // takes longer than receiving needs to end
  CHECK_FALSE(recording.ended());
  stage.step_at(recording, 20s - 1ns);
  recording.run();
  CHECK(stage.messages() == Steps{"1"});
  CHECK(stage.closed());
}

TEST_CASE("a bus that doesn't come back is waited for no longer than two seconds") {
  Stage stage;
  stage.bus.hang();
  auto recording = stage.recording();
  stage.time.want_end();
  REQUIRE(recording.step());
  stage.time.move(2s - 1ns);
  REQUIRE(recording.step());
  stage.time.move(1ns);
  CHECK_FALSE(recording.step());
  recording.run();
  CHECK_FALSE(recording.ended());
  CHECK(stage.closed());
  stage.bus.go_on();
}

TEST_CASE("what has been received is written however long the log takes") {
  Stage stage;
  stage.bus.give(numbered(0, 50'000));
  auto recording = stage.recording();
  stage.time.want_end();
  while (recording.step()) stage.time.move(1min);
  CHECK(recording.written() == 50'000);
}

TEST_CASE("the log is flushed with the first message, then each half second at most") {
  Stage stage;
  auto recording = stage.recording();
  const auto flushes = [&] { return std::ranges::count(stage.story.steps, "flush"); };
  stage.time.move(1s);
  stage.receive(recording, 1, 1);
  CHECK(flushes() == 1);
  stage.receive(recording, 2, 1);
  CHECK(flushes() == 1);
  stage.step_at(recording, 1500ms - 1ns);
  CHECK(flushes() == 1);
  stage.step_at(recording, 1500ms);
  CHECK(flushes() == 2);
  stage.step_at(recording, 9s);
  CHECK(flushes() == 2);  // nothing has been written since
}

TEST_CASE("a log that people watch is flushed after each batch") {
  Stage stage;
  auto recording = stage.recording({.flush_every = 0ns});
  stage.receive(recording, 1, 1);
  stage.receive(recording, 2, 1);
  CHECK(stage.story.steps == Steps{"1", "flush", "2", "flush"});
}

TEST_CASE("the log says where messages are missing, once a second at most") {
  Stage stage;
  auto recording = stage.recording();
  stage.bus.lose(1);
  stage.step_at(recording, 1s - 1ns);
  CHECK(stage.remarks().empty());
  stage.step_at(recording, 1s);
  CHECK(stage.remarks() == Steps{"# can0: 1 message lost before here"});
  stage.bus.lose(1200);
  stage.step_at(recording, 1900ms);
  CHECK(stage.remarks().size() == 1);
  stage.step_at(recording, 2s);
  CHECK(stage.remarks().back() == "# can0: 1,200 messages lost before here");
  stage.step_at(recording, 3s);
  CHECK(stage.remarks().size() == 2);
  CHECK(recording.lost().dropped == 1201);
}

TEST_CASE("the log says at its end how many messages are missing") {
  Stage stage;
  auto recording = stage.recording();
  stage.receive(recording, 1, 1);
  stage.bus.lose(3);
  stage.time.want_end();
  recording.run();
  REQUIRE(stage.closed());
  CHECK(stage.remarks() == Steps{"# can0: 3 messages lost before here",
                                 "# can0: the end: 4 received, 1 written, 3 lost"});
  CHECK(stage.story.steps[stage.story.steps.size() - 2] == stage.remarks().back());
}

TEST_CASE("what happens to the bus is told, and stands in the log where it happened") {
  Stage stage;
  auto recording = stage.recording({.flush_every = 1h});
  stage.receive(recording, 1, 1);
  stage.bus.say("can0: link is down");
  stage.step_at(recording, 0s);
  stage.receive(recording, 2, 1);
  CHECK(stage.hearing.notices == Steps{"can0: link is down"});
  CHECK(stage.story.steps == Steps{"1", "# can0: link is down", "2"});
}

TEST_CASE("a log without remarks has messages only; what happens is told all the same") {
  Stage stage;
  auto recording = stage.recording({.remarks = false});
  stage.bus.say("can0: link is down");
  stage.bus.lose(3);
  stage.step_at(recording, 2s);
  stage.time.want_end();
  recording.run();
  CHECK(stage.hearing.notices == Steps{"can0: link is down"});
  CHECK(stage.story.steps == Steps{"close"});
}

TEST_CASE("what happened before a bus failed, or while it ended, is told") {
  Stage stage;
  SECTION("failed") {
    stage.bus.say("can0: link is down");
    stage.bus.fail_with("can0: unplugged");
    auto recording = stage.recording();
    CHECK_THROWS_WITH(recording.run(), "can0: unplugged");
  }
  SECTION("ended") {
    auto recording = stage.recording();
    stage.time.want_end();
    while (recording.step()) continue;
    stage.bus.say("can0: link is down");
    recording.run();
  }
  CHECK(stage.hearing.notices == Steps{"can0: link is down"});
  CHECK(stage.story.steps == Steps{"# can0: link is down", "close"});
}

TEST_CASE("the listener is called each second, and after each round") {
  Stage stage;
  auto recording = stage.recording();
  stage.step_at(recording, 999ms);
  CHECK(stage.hearing.seconds == 0);
  CHECK(stage.hearing.rounds == 1);
  stage.step_at(recording, 1s);
  stage.step_at(recording, 1900ms);
  CHECK(stage.hearing.seconds == 1);
  stage.step_at(recording, 2s);
  CHECK(stage.hearing.seconds == 2);
  CHECK(stage.hearing.rounds == 4);
}

TEST_CASE("what a bus gave before it failed is written, and the log is closed") {
  Stage stage;
  stage.bus.give(numbered(0, 3000));
  stage.bus.lose(2);
  stage.bus.fail_with("can0: unplugged");
  auto recording = stage.recording();
  CHECK_THROWS_WITH(recording.run(), "can0: unplugged");
  CHECK(stage.messages().size() == 3000);
  CHECK(recording.unwritten() == 0);
  CHECK(stage.remarks() == Steps{"# can0: 2 messages lost before here",
                                 "# can0: the end: 3,002 received, 3,000 written, 2 lost"});
  CHECK(stage.closed());
  CHECK(stage.hearing.failures.empty());
}

TEST_CASE("what a full log doesn't take is counted, each message once") {
  Stage stage;
  stage.story.refuse_from = 2000;
  stage.bus.give(numbered(0, 5000));
  auto recording = stage.recording();
  CHECK_THROWS_WITH(recording.run(), "no space left");
  CHECK(recording.written() + recording.unwritten() == 5000);
  CHECK(recording.written() == stage.messages().size());
  CHECK(recording.written() <= 2000);
  CHECK(recording.written() > 0);
  CHECK(stage.hearing.failures.empty());
}

TEST_CASE("what goes wrong besides is told, the same failure once") {
  Stage stage;
  stage.story.refuse_from = 0;
  stage.bus.give(numbered(0, 1));
  stage.bus.fail_with("can0: unplugged");
  const std::string_view failure = GENERATE("no space left", "can't close");
  stage.story.close_failure = failure;
  auto recording = stage.recording();
  CHECK_THROWS_WITH(recording.run(), "no space left");
  CHECK(stage.hearing.failures == (failure == "no space left"
                                       ? Steps{"can0: unplugged"}
                                       : Steps{"can0: unplugged", "can't close"}));
}

TEST_CASE("a log that can't be closed is a failure") {
  Stage stage;
  stage.story.close_failure = "can't close";
  stage.bus.give(numbered(0, 1));
  auto recording = stage.recording({.count = 1});
  CHECK_THROWS_WITH(recording.run(), "can't close");
  CHECK(recording.written() == 1);
}

TEST_CASE("where nobody reads the log any more a recording ends at once") {
  Stage stage;
  stage.story.refuse_from = 0;
  stage.story.refused_as = Errc::closed;
  stage.bus.give(numbered(0, 5));
  auto recording = stage.recording();
  CHECK_THROWS_WITH(recording.run(), "no space left");
  CHECK(recording.unwritten() == 0);
  CHECK(stage.story.steps.empty());
}

TEST_CASE("while the disk is full, messages wait, and are written when there is room") {
  Stage stage;
  Storage storage(1s);
  stage.story.storage = &storage;
  auto recording = stage.recording({.storage = &storage});
  stage.receive(recording, 0, 10);
  stage.story.full = true;
  stage.step_at(recording, 1s);
  stage.bus.give(numbered(10, 5000));
  for (int round = 0; round < 3; ++round) {
    stage.time.move(1s);
    REQUIRE(recording.step());
  }
  CHECK(storage.stalled());
  CHECK(recording.written() <= 10 + 1024);
  CHECK(stage.hearing.notices == Steps{"log: full; messages wait in memory"});
  stage.story.full = false;
  stage.time.move(1s);
  REQUIRE(recording.step());
  stage.time.want_end();
  recording.run();
  CHECK(recording.written() == 5010);
  CHECK(recording.unwritten() == 0);
  CHECK(stage.messages().size() == 5010);
  CHECK(stage.hearing.notices.back() == "the disk takes messages again");
}

TEST_CASE("what is not in the file of a full disk at the end is not written") {
  Stage stage;
  Storage storage(1s);
  stage.story.storage = &storage;
  auto recording = stage.recording({.storage = &storage});
  stage.receive(recording, 0, 10);
  stage.step_at(recording, 1s);  // saves the ten
  stage.story.full = true;
  stage.bus.give(numbered(10, 3000));
  stage.time.want_end();
  bool more = true;
  for (int round = 0; round < 100 && more; ++round) {
    more = recording.step();
    stage.time.move(500ms);
  }
  CHECK_FALSE(more);
  CHECK_THROWS_WITH(recording.run(), "log: full");
  CHECK(recording.written() == 10);
  CHECK(recording.unwritten() == 3000);
}

TEST_CASE("on a slow disk, all that waits is written before the next flush") {
  Stage stage;
  auto recording = stage.recording();
  stage.bus.give(numbered(0, 20'000));
  for (int i = 0; i < 1000 && recording.waiting() < 20'000; ++i) std::this_thread::sleep_for(10ms);
  REQUIRE(recording.waiting() == 20'000);
  while (recording.written() < 20'000) {
    stage.time.move(2s);  // what each round takes: a flush is always due
    REQUIRE(recording.step());
  }
  CHECK(std::ranges::count(stage.story.steps, "flush") == 1);
  CHECK(stage.story.steps.back() == "flush");
}

TEST_CASE("messages in a log that was removed are lost") {
  Stage stage;
  Storage storage(1s);
  stage.story.storage = &storage;
  auto recording = stage.recording({.storage = &storage});
  stage.receive(recording, 0, 10);
  storage.add_removed(4);
  stage.time.want_end();
  recording.run();
  CHECK(recording.written() == 6);
  CHECK(recording.unwritten() == 4);
  CHECK(stage.remarks() == Steps{"# can0: 4 messages lost before here",
                                 "# can0: the end: 10 received, 6 written, 4 lost"});
}

TEST_CASE("messages that a log without a storage lost are not written") {
  Stage stage;
  auto recording = stage.recording({.lost_by_log = [] { return std::uint64_t{4}; }});
  stage.receive(recording, 0, 10);
  stage.time.want_end();
  recording.run();
  CHECK(recording.written() == 6);
  CHECK(recording.unwritten() == 4);
}

TEST_CASE("at the end, a full disk is tried for two more seconds") {
  Stage stage;
  Storage storage(1s);
  stage.story.storage = &storage;
  const bool by_count = GENERATE(true, false);
  auto recording = stage.recording({.count = by_count ? 10U : 99U, .storage = &storage});
  stage.story.full = true;
  stage.receive(recording, 0, 10);
  REQUIRE(storage.stalled());
  if (!by_count) stage.time.want_end();
  REQUIRE(recording.step());
  stage.time.move(1s);
  REQUIRE(recording.step());
  SECTION("it has room in time") {
    stage.story.full = false;
    stage.time.move(999ms);
  }
  SECTION("it stays full") {
    stage.time.move(1s - 1ns);
    REQUIRE(recording.step());
    stage.time.move(1ns);
  }
  for (int round = 0; round < 100 && recording.step(); ++round) continue;
  if (stage.story.full)
    CHECK_THROWS(recording.run());
  else
    recording.run();
  CHECK(recording.written() == (stage.story.full ? 0 : 10));
  CHECK(recording.unwritten() == (stage.story.full ? 10 : 0));
}

TEST_CASE("a step of the clock is told, and marked where it came") {
  Stage stage;
  std::atomic<std::int64_t> set_by = 0;
  const auto clocks = [&set_by] {
    return ClockWatch::Reading{.wall = std::chrono::nanoseconds(set_by), .even = {}};
  };
  const bool even = GENERATE(false, true);
  auto recording = stage.recording({.even_times = even, .clocks = clocks});
  stage.receive(recording, 1, 2);
  set_by = std::chrono::nanoseconds(1h).count();
  for (int i = 0; i < 200 && stage.hearing.notices.empty(); ++i) REQUIRE(recording.step());
  set_by = std::chrono::nanoseconds(1h - 1500ms).count();
  for (int i = 0; i < 200 && stage.hearing.notices.size() < 2; ++i) REQUIRE(recording.step());
  stage.receive(recording, 3, 1);
  const std::string more = even ? "; the times of the log go on evenly" : "";
  const Steps told = {"the clock was set forward by 3600.000 s" + more,
                      "the clock was set back by 1.500 s" + more};
  CHECK(stage.hearing.notices == told);
  CHECK(stage.story.steps == Steps{"1", "2", "# " + told[0], "# " + told[1], "3"});
}

TEST_CASE("a step of the clock is marked behind the messages that wait for the disk") {
  Stage stage;
  Storage storage(1s);
  stage.story.storage = &storage;
  std::atomic<std::int64_t> set_by = 0;
  const auto clocks = [&set_by] {
    return ClockWatch::Reading{.wall = std::chrono::nanoseconds(set_by), .even = {}};
  };
  auto recording = stage.recording({.clocks = clocks, .storage = &storage});
  stage.receive(recording, 1, 1);
  stage.story.full = true;
  stage.step_at(recording, 1s);
  stage.bus.give(numbered(2, 2));
  for (int i = 0; i < 200 && recording.waiting() < 2; ++i) std::this_thread::sleep_for(10ms);
  set_by = std::chrono::nanoseconds(1h).count();
  for (int i = 0; i < 200 && stage.hearing.notices.size() < 2; ++i) REQUIRE(recording.step());
  stage.story.full = false;
  stage.step_at(recording, 2s);
  for (int i = 0; i < 200 && recording.written() < 3; ++i) REQUIRE(recording.step());
  stage.receive(recording, 4, 1);
  const Steps expected = {
      "1", "flush", "flush", "2", "3", "# the clock was set forward by 3600.000 s", "4"};
  CHECK(stage.story.steps == expected);
}
