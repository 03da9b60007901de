// SPDX-License-Identifier: MIT
// A replay without a clock and without a disk: the test moves the one and scripts the other.
#include "libcan/flow/replay.h"

#include <catch2/catch.hpp>
#include <map>

#include "libcan/model/fail.h"
#include "tests/moved_time.h"
#include "tests/scripted_bus.h"
#include "tests/scripted_log.h"

using namespace can;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

using Ids = std::vector<std::uint32_t>;

Message at(nanoseconds timestamp, std::uint32_t id, const char* channel = "can0") {
  return {.timestamp = timestamp, .id = id, .channel = Channel(channel)};
}

struct Hearing final : ReplayListener {
  void on_turn(const Pacer::Turn& turn, const ReplayCounts&) override { turns.push_back(turn); }
  void on_sent(const ReplayCounts& counts) override { sent = counts.sent; }
  void on_notice(const std::string& text) override { notices.push_back(text); }

  std::vector<Pacer::Turn> turns;
  std::uint64_t sent = 0;
  std::vector<std::string> notices;
};

/// A replay on scripted buses, with the map "from to from to ..."; without one, on the bus "".
struct Stage {
  explicit Stage(Replay::Options options = {}, std::vector<const char*> map = {})
      : routes(open(map)), replay(routes, options, time, hearing) {}

  bool play(std::vector<Message> messages) { return replay.play(messages); }
  ScriptedBus& bus(const std::string& name = {}) { return *buses.at(name); }
  Ids ids(const std::string& name = {}) {
    Ids all;
    for (const Message& message : bus(name).sent()) all.push_back(message.id);
    return all;
  }
  /// Notes when each batch is sent, since the start; sending takes `cost`.
  void watch_times(const std::string& name, nanoseconds cost = 0ns) {
    bus(name).on_send([this, cost] {
      times.push_back(time.elapsed());
      time.move(cost);
    });
  }

  Routes open(const std::vector<const char*>& map) {
    Routes opened;
    for (std::size_t i = 0; i < map.size(); i += 2) opened.assign(map[i], map[i + 1]);
    opened.open([this](const std::string& name) {
      auto bus = std::make_unique<ScriptedBus>(name);
      buses[name] = bus.get();
      ++opens;
      return bus;
    });
    return opened;
  }

  int opens = 0;
  std::map<std::string, ScriptedBus*> buses;
  MovedTime time;
  Hearing hearing;
  std::vector<nanoseconds> times;
  Routes routes;
  Replay replay;
};

}  // namespace

TEST_CASE("messages are sent when they are due, those that are due together as one batch") {
  Stage stage;
  stage.watch_times("");
  CHECK(stage.play({at(100s, 1), at(100s, 2), at(101s, 3), at(103s, 4), at(103s, 5)}));
  CHECK(stage.ids() == Ids{1, 2, 3, 4, 5});
  CHECK(stage.bus().batches() == std::vector<std::size_t>{2, 1, 2});
  CHECK(stage.times == std::vector<nanoseconds>{0s, 1s, 3s});
  CHECK(stage.hearing.sent == 5);
  CHECK(stage.replay.counts().sent == 5);
  CHECK(stage.hearing.turns.empty());
}

TEST_CASE("each channel goes to a bus of its own, opened with its first message") {
  Stage stage;
  Routes routes;
  routes.open_each([&stage](const std::string& name) {
    if (name == "can9") fail(Errc::not_found, "no can9");
    auto bus = std::make_unique<ScriptedBus>(name);
    stage.buses[name] = bus.get();
    ++stage.opens;
    return bus;
  });
  Replay replay(routes, {}, stage.time, stage.hearing);
  CHECK(replay.play({{at(1s, 1, "can0"), at(1s, 2, "can1"), at(1s, 3, "can0")}}));
  CHECK(stage.ids("can0") == Ids{1, 3});
  CHECK(stage.ids("can1") == Ids{2});
  CHECK(stage.opens == 3);  // with the Stage's own
  CHECK_THROWS_WITH(replay.play({{at(2s, 4, "can9")}}), "no can9");
  CHECK(routes.drain_notices().empty());
}

TEST_CASE("batches are parts of one log") {
  Stage stage;
  stage.watch_times("");
  stage.play({at(100s, 1)});
  stage.play({at(102s, 2)});
  CHECK(stage.times == std::vector<nanoseconds>{0s, 2s});
}

TEST_CASE("messages of equal times go each to its own bus, under its channel, in order") {
  Stage stage({}, {"can0", "vcan5", "2", "vcan6"});
  stage.play(
      {at(1s, 1, "can0"), at(1s, 2, "can1"), at(1s, 3, "can1"), at(1s, 4, "1"), at(2s, 5, "can1")});
  CHECK(stage.ids("vcan5") == Ids{1, 4});
  CHECK(stage.ids("vcan6") == Ids{2, 3, 5});
  for (const char* name : {"vcan5", "vcan6"})
    for (const Message& message : stage.bus(name).sent()) CHECK(message.channel == Channel(name));
}

TEST_CASE("what a map doesn't name is left out and counted") {
  Stage stage({}, {"can0", "vcan5"});
  stage.play({at(1s, 1, "can0"), at(1s, 2, "can7"), at(2s, 3, "can7")});
  CHECK(stage.ids("vcan5") == Ids{1});
  CHECK(stage.replay.counts().unmapped == 2);
  CHECK(stage.replay.counts().sent == 1);
}

TEST_CASE("error frames are left out and counted, or sent") {
  const bool wanted = GENERATE(false, true);
  Stage stage({.pace = {}, .error_frames = wanted});
  Message error = at(1s, 2);
  error.error = true;
  stage.play({at(1s, 1), error});
  CHECK(stage.ids() == (wanted ? Ids{1, 2} : Ids{1}));
  CHECK(stage.replay.counts().error_frames == (wanted ? 0 : 1));
}

TEST_CASE("channels stay as they are where one bus takes all") {
  Stage stage;
  stage.play({at(1s, 1, "can3"), at(1s, 2, "x")});
  CHECK(stage.bus().sent()[0].channel == Channel("can3"));
  CHECK(stage.bus().sent()[1].channel == Channel("x"));
}

TEST_CASE("a bus that takes its time shifts what follows, and that is told and counted") {
  Stage stage;
  stage.watch_times("", 5s);
  for (std::uint32_t i = 1; i <= 3; ++i) stage.play({at(std::chrono::seconds(i), i)});
  CHECK(stage.times == std::vector<nanoseconds>{0s, 5s, 10s});
  const ReplayCounts& counts = stage.replay.counts();
  CHECK(counts.shifts == 2);
  CHECK(counts.shifted == 8s);
  REQUIRE(stage.hearing.turns.size() == 2);
  CHECK(stage.hearing.turns[0].shifted == 4s);
  CHECK(counts.overdue == 0);
}

TEST_CASE("what is overdue is left out and counted") {
  Stage stage({.pace = {.on_late = OnLate::drop}});
  stage.watch_times("", 5s);
  stage.play({at(1s, 1)});
  stage.play({at(2s, 2), at(3s, 3), at(4s, 4), at(9s, 5)});
  CHECK(stage.ids() == Ids{1, 5});
  CHECK(stage.replay.counts().overdue == 3);
  CHECK(stage.replay.counts().shifts == 0);
}

TEST_CASE("what is overdue is sent at once, as one batch") {
  Stage stage({.pace = {.on_late = OnLate::burst}});
  stage.watch_times("", 5s);
  stage.play({at(1s, 1), at(2s, 2), at(3s, 3), at(4s, 4), at(20s, 5)});
  CHECK(stage.bus().batches() == std::vector<std::size_t>{1, 3, 1});
  CHECK(stage.times == std::vector<nanoseconds>{0s, 5s, 19s});
}

TEST_CASE("lateness is that of the first message of a batch, when the bus had taken it") {
  Stage stage({.pace = {.on_late = OnLate::burst}});
  stage.watch_times("", 2s);
  stage.play({at(1s, 1), at(2s, 2), at(3s, 3)});
  // Due after 1 s and 2 s, both sent after 2 s, taken after 4 s.
  CHECK(stage.replay.counts().lateness.max() == 3s);
}

TEST_CASE("a clock that steps back is told and counted") {
  Stage stage;
  stage.play({at(100s, 1), at(50s, 2), at(51s, 3), at(10s, 4)});
  CHECK(stage.replay.counts().steps_back == 2);
  REQUIRE(stage.hearing.turns.size() == 2);
  CHECK(stage.hearing.turns[1].stepped_back == 41s);
  CHECK(stage.time.elapsed() == 1s);
}

TEST_CASE("a long wait is told before it begins, one below a minute is not") {
  Stage stage;
  stage.time.want_end_at(119s);
  stage.play({at(0s, 1), at(60s - 1ns, 2)});
  CHECK(stage.hearing.turns.empty());
  CHECK_FALSE(stage.play({at(120s - 1ns, 3)}));
  REQUIRE(stage.hearing.turns.size() == 1);
  CHECK(stage.hearing.turns[0].wait == 60s);
}

TEST_CASE("a long wait for what is left out is none") {
  Stage stage({.pace = {.on_late = OnLate::drop}});
  stage.watch_times("", 5min);
  stage.play({at(0s, 1)});
  stage.play({at(2min, 2)});
  CHECK(stage.replay.counts().overdue == 1);
  CHECK(stage.hearing.turns.empty());
}

TEST_CASE("a replay that is to end has sent what was due by then, and no more") {
  Stage stage;
  stage.time.want_end_at(3s);
  CHECK_FALSE(stage.play({at(1s, 1), at(2s, 2), at(2s, 3), at(9s, 4), at(9s, 5)}));
  CHECK(stage.ids() == Ids{1, 2, 3});
  CHECK(stage.replay.counts().sent == 3);
}

TEST_CASE("each copy gets what was sent, batch by batch, and is flushed") {
  Stage stage({}, {"can0", "vcan5"});
  Story one, other;
  StoryLog first(one), second(other);
  stage.replay.add_copy(first);
  stage.replay.add_copy(second);
  stage.play({at(1s, 0x11), at(1s, 0x12), at(1s, 0x99, "can7"), at(2s, 0x13)});
  CHECK(one.steps == std::vector<std::string>{"11", "12", "flush", "13", "flush"});
  CHECK(other.steps == one.steps);
}

TEST_CASE("what a bus refuses is neither counted nor copied") {
  Stage stage;
  Story story;
  StoryLog copy(story);
  stage.replay.add_copy(copy);
  stage.play({at(1s, 1)});
  stage.bus().refuse_with("unplugged");
  CHECK_THROWS_WITH(stage.play({at(2s, 2)}), "unplugged");
  CHECK(stage.replay.counts().sent == 1);
  CHECK(story.steps == std::vector<std::string>{"1", "flush"});
}

TEST_CASE("what happens to the buses is passed on while messages are sent, once a second at most") {
  Stage stage({}, {"can0", "vcan5", "can1", "vcan6"});
  stage.play({at(1s, 1)});
  stage.bus("vcan5").say("down");
  stage.bus("vcan6").say("away");
  stage.play({at(1500ms, 2)});
  CHECK(stage.hearing.notices.empty());
  stage.play({at(2s, 3)});
  CHECK(stage.hearing.notices == std::vector<std::string>{"down", "away"});
  stage.bus("vcan5").say("back");
  stage.replay.pass_on_notices();
  CHECK(stage.hearing.notices.back() == "back");
  CHECK(stage.hearing.notices.size() == 3);
}

TEST_CASE("a replay runs to the end of a log") {
  Stage stage;
  ScriptedLog log({at(1s, 1), at(2s, 2), at(3s, 3)});
  ReadAhead messages(log, ReadAhead::kPrompt);
  CHECK(stage.replay.run(messages));
  CHECK(stage.ids() == Ids{1, 2, 3});
  CHECK(stage.time.elapsed() == 2s);
}

TEST_CASE("a replay of a damaged log has sent what stands before, then fails") {
  Stage stage;
  ScriptedLog log({at(1s, 1), at(2s, 2)}, "a.log:3: damaged");
  ReadAhead messages(log, ReadAhead::kPrompt);
  CHECK_THROWS_WITH(stage.replay.run(messages), "a.log:3: damaged");
  CHECK(stage.ids() == Ids{1, 2});
}

TEST_CASE("a replay that is to end doesn't wait for a log that is still to come") {
  Stage stage;
  ScriptedLog log({at(1s, 1), at(1s, 2)});
  log.only(1);
  ReadAhead messages(log, ReadAhead::kPrompt);
  stage.bus().on_send([&] { stage.time.want_end(); });
  CHECK_FALSE(stage.replay.run(messages));
  CHECK(stage.ids() == Ids{1});
  log.more();
}

TEST_CASE("a replay of a log that says nothing can be ended") {
  Stage stage;
  ScriptedLog log({at(1s, 1), at(1s, 2)});
  log.only(0);
  ReadAhead messages(log, ReadAhead::kPrompt);
  std::jthread user([&] {
    std::this_thread::sleep_for(100ms);
    stage.time.want_end();
    std::this_thread::sleep_for(500ms);
    log.more();
  });
  CHECK_FALSE(stage.replay.run(messages));
  CHECK(stage.ids().empty());
}

TEST_CASE("each bus is opened once, and all are flushed") {
  Stage stage({}, {"can0", "vcan5", "can1", "vcan5", "can2", "vcan6"});
  CHECK(stage.opens == 2);
  stage.play({at(1s, 1, "can0"), at(1s, 2, "can1"), at(1s, 3, "can2")});
  CHECK(stage.ids("vcan5") == Ids{1, 2});
  stage.routes.flush();
  CHECK(stage.bus("vcan5").flushes() == 1);
  CHECK(stage.bus("vcan6").flushes() == 1);
}

TEST_CASE("a channel goes to one bus only, whatever it is called") {
  Routes routes;
  CHECK_FALSE(routes.assigned());
  routes.assign("can0", "a");
  CHECK(routes.assigned());
  CHECK_THROWS_WITH(routes.assign("1", "b"),
                    "channel '1': goes to 'a' already, can't also go to 'b'");
}

TEST_CASE("a bus without room ends a replay, makes it wait or loses the message") {
  Message messages[] = {at(1s, 1), at(1s, 2), at(1s, 3)};
  SECTION("stop") {
    Stage stage;
    stage.bus().read_only(1);
    CHECK_THROWS_WITH(stage.play({std::begin(messages), std::end(messages)}),
                      Catch::Contains("takes no more messages"));
    CHECK(stage.replay.counts().sent == 1);
  }
  SECTION("wait") {
    Stage stage({.rules = {.on_full = OnFull::wait}});
    stage.bus().read_only(1);
    std::jthread later([&stage] {
      std::this_thread::sleep_for(1200ms);  // longer than a bus may be full otherwise
      stage.bus().read_only(SIZE_MAX);
    });
    CHECK(stage.play({std::begin(messages), std::end(messages)}));
    CHECK(stage.ids() == Ids{1, 2, 3});
    CHECK(stage.replay.counts().missed() == 0);
  }
  SECTION("wait, until somebody wants the end") {
    Stage stage({.rules = {.on_full = OnFull::wait}});
    stage.bus().read_only(1);
    std::jthread later([&stage] {
      std::this_thread::sleep_for(20ms);
      stage.time.want_end();
    });
    CHECK_FALSE(stage.play({std::begin(messages), std::end(messages)}));
    CHECK(stage.replay.counts().sent == 1);
  }
  SECTION("drop") {
    Stage stage({.rules = {.on_full = OnFull::drop}});
    stage.bus().read_only(1);
    CHECK(stage.play({std::begin(messages), std::end(messages)}));
    CHECK(stage.ids() == Ids{1});
    CHECK(stage.replay.counts().left_out.no_room == 2);
    CHECK(stage.replay.counts().missed() == 2);
    CHECK(stage.replay.counts().lateness.count() == 1);
  }
}

TEST_CASE("what a bus can't have ends a replay, or is left out and counted") {
  Stage stage({.rules = {.skip_unsendable = true}});
  Story story;
  StoryLog copy(story);
  stage.replay.add_copy(copy);
  stage.bus().refuse_with("no CAN FD", Errc::unsupported);
  stage.play({at(1s, 1)});
  stage.bus().refuse_with("");
  stage.play({at(2s, 2)});
  stage.bus().refuse_with("unplugged", Errc::io);
  CHECK_THROWS_WITH(stage.play({at(3s, 3)}), "unplugged");
  CHECK(stage.ids() == Ids{2});
  CHECK(stage.replay.counts().left_out.unsendable == 1);
  CHECK(story.steps == std::vector<std::string>{"2", "flush"});
  Stage strict;
  strict.bus().refuse_with("no CAN FD", Errc::unsupported);
  CHECK_THROWS_WITH(strict.play({at(1s, 1)}), "no CAN FD");
}

TEST_CASE("a replay ends behind a number of messages that are sent") {
  Stage stage({.max_messages = 3}, {"can0", "vcan5"});
  CHECK(stage.play({at(1s, 1), at(1s, 9, "can7"), at(2s, 2)}));
  CHECK_FALSE(stage.play({at(3s, 3), at(4s, 4)}));
  CHECK(stage.ids("vcan5") == Ids{1, 2, 3});
  CHECK(stage.time.elapsed() == 2s);
}

TEST_CASE("a replay step by step waits for each message, and is never late") {
  Stage stage({.stepwise = true});
  stage.watch_times("");
  stage.time.want_end_at(2s);
  CHECK_FALSE(stage.play({at(1s, 1), at(1s, 2), at(3s, 3)}));
  CHECK(stage.bus().batches() == std::vector<std::size_t>{1, 1});
  CHECK(stage.replay.counts().lateness.count() == 0);
}

TEST_CASE("a pause that a user wants is no lateness, and delays all that follows") {
  Stage stage;
  stage.watch_times("");
  stage.play({at(1s, 1)});
  stage.time.pause_for(1h);
  stage.play({at(2s, 2), at(3s, 3)});
  CHECK(stage.times == std::vector<nanoseconds>{0s, 1h + 1s, 1h + 2s});
  CHECK(stage.replay.counts().lateness.max() == 0s);
  CHECK(stage.hearing.turns.empty());
}

TEST_CASE("the lateness of each message of a batch is counted") {
  Stage stage({.pace = {.on_late = OnLate::burst}});
  stage.watch_times("", 2s);
  stage.play({at(1s, 1), at(2s, 2), at(3s, 3)});
  const Lateness& lateness = stage.replay.counts().lateness;
  CHECK(lateness.count() == 3);
  CHECK(lateness.percentile(0.3) >= 2s);  // 1 and 3
  CHECK(lateness.percentile(0.3) < 2200ms);
  CHECK(lateness.max() == 3s);  // 2
}

TEST_CASE("printed messages keep their channels") {
  Stage stage({}, {"can7", "stdout", "can0", "vcan5"});
  stage.play({at(1s, 1, "can7"), at(2s, 2, "can0")});
  CHECK(stage.bus("stdout").sent()[0].channel == Channel("can7"));
  CHECK(stage.bus("vcan5").sent()[0].channel == Channel("vcan5"));
}
