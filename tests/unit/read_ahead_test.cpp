// SPDX-License-Identifier: MIT
#include "libcan/flow/read_ahead.h"

#include <catch2/catch.hpp>

#include "libcan/flow/log_on_demand.h"
#include "tests/scripted_log.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

using Ids = std::vector<std::uint32_t>;

constexpr ReadAhead::Depth kSmall{64, 16, 1};

std::vector<Message> numbered(std::uint32_t count) {
  std::vector<Message> messages(count);
  for (std::uint32_t i = 0; i < count; ++i)
    messages[i] = {.timestamp = std::chrono::seconds(100 + i), .id = i};
  return messages;
}

/// All that comes until the end.
Ids ids_of(ReadAhead& messages) {
  Ids ids;
  for (std::span<const Message> batch; messages.next(batch);)
    for (const Message& message : batch) ids.push_back(message.id);
  return ids;
}

}  // namespace

TEST_CASE("all messages of a log come, in order, however far ahead is read") {
  for (const ReadAhead::Depth depth : {kSmall, ReadAhead::kBulk, ReadAhead::kPrompt}) {
    ScriptedLog log(numbered(40'000));
    ReadAhead messages(log, depth);
    const Ids ids = ids_of(messages);
    REQUIRE(ids.size() == 40'000);
    CHECK(std::is_sorted(ids.begin(), ids.end()));
    std::span<const Message> batch;
    CHECK_FALSE(messages.next(batch));
    CHECK(batch.empty());
  }
}

TEST_CASE("only what is selected comes, also where a batch has none of it") {
  ScriptedLog log(numbered(1000));
  Selection selection{.filters = {}, .start = {}, .end = {}};
  selection.start = LogTime{995s};
  ReadAhead messages(log, kSmall, selection);
  CHECK(ids_of(messages) == Ids{995, 996, 997, 998, 999});
}

TEST_CASE("what stands before a damaged place comes before the failure") {
  ScriptedLog log(numbered(100), "a.log:101: damaged");
  ReadAhead messages(log, kSmall);
  std::size_t count = 0;
  std::span<const Message> batch;
  CHECK_THROWS_WITH(
      [&] {
        while (messages.next(batch)) count += batch.size();
      }(),
      "a.log:101: damaged");
  CHECK(count == 100);
  CHECK_FALSE(messages.next(batch));
}

TEST_CASE("a batch stays as it is until the next is asked for") {
  ScriptedLog log(numbered(1000));
  ReadAhead messages(log, kSmall);
  std::span<const Message> batch;
  REQUIRE(messages.next(batch));
  const std::vector<Message> copy(batch.begin(), batch.end());
  std::this_thread::sleep_for(20ms);  // the reader has filled all the places it may
  CHECK(std::equal(batch.begin(), batch.end(), copy.begin(), copy.end()));
}

TEST_CASE("where the rest is still to come, what is there is given, then an empty batch, once") {
  ScriptedLog log(numbered(10));
  log.only(4);
  ReadAhead messages(log, ReadAhead::kBulk);  // of which nobody is woken for four messages
  std::span<const Message> batch;
  REQUIRE(messages.next(batch));
  CHECK(batch.size() == 4);
  REQUIRE(messages.next(batch));
  CHECK(batch.empty());
  const auto started = std::chrono::steady_clock::now();
  REQUIRE(messages.next(batch, 30ms));
  CHECK(batch.empty());
  CHECK(std::chrono::steady_clock::now() - started >= 30ms);
  log.more();
  CHECK(ids_of(messages) == Ids{4, 5, 6, 7, 8, 9});
}

TEST_CASE("a log that nobody reads to its end keeps nobody waiting") {
  ScriptedLog log(numbered(100'000));
  ReadAhead messages(log, kSmall);
  std::span<const Message> batch;
  CHECK(messages.next(batch));
}

TEST_CASE("a log on demand is created by its first message, once") {
  Story story;
  int created = 0;
  LogOnDemand log([&] {
    ++created;
    return std::make_unique<StoryLog>(story);
  });
  log.write({});
  log.event("early");
  log.flush();
  CHECK(created == 0);
  CHECK_FALSE(log.opened());
  CHECK(log.size() == 0);
  const auto messages = numbered(2);
  log.write(messages);
  log.event("between");
  log.write(messages);
  log.flush();
  CHECK(created == 1);
  CHECK(log.size() == 40);
  log.close();
  CHECK(story.steps ==
        std::vector<std::string>{"# early", "0", "1", "# between", "0", "1", "flush", "close"});
}

TEST_CASE("a log on demand without messages is created when it has to be") {
  Story story;
  LogOnDemand log([&] { return std::make_unique<StoryLog>(story); });
  log.open();
  CHECK(log.opened());
  log.close();
  CHECK(story.steps == std::vector<std::string>{"close"});
}

TEST_CASE("a log on demand that can't be created says so to whoever writes") {
  LogOnDemand log([]() -> std::unique_ptr<LogWriter> { fail(Errc::io, "disk full"); });
  const auto messages = numbered(1);
  CHECK_THROWS_WITH(log.write(messages), "disk full");
  CHECK_FALSE(log.opened());
}
