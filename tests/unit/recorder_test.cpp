// SPDX-License-Identifier: MIT
#include "libcan/flow/recorder.h"

#include <catch2/catch.hpp>

#include "tests/scripted_bus.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kAll = SIZE_MAX;

std::vector<Message> numbered(std::uint32_t first, std::uint32_t count) {
  std::vector<Message> messages(count);
  for (std::uint32_t i = 0; i < count; ++i) messages[i].id = (first + i) % 2048;
  return messages;
}

/// Takes until the recorder has ended; the ids.
std::vector<std::uint32_t> collect_all(Recorder& recorder) {
  std::vector<std::uint32_t> ids;
  while (!recorder.ended())
    recorder.receive(10ms, kAll, [&](std::span<const Message> batch) {
      for (const Message& message : batch) ids.push_back(message.id);
    });
  return ids;
}

}  // namespace

TEST_CASE("a recorder gives all that was there when it was stopped") {
  constexpr std::uint32_t kMany = 300'000;  // more than it receives before it looks for the stop
  ScriptedBus bus;
  bus.give(numbered(0, kMany));
  Recorder recorder(bus);
  recorder.stop();
  const auto ids = collect_all(recorder);
  REQUIRE(ids.size() == kMany);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) wrong += ids[i] != i % 2048;
  CHECK(wrong == 0);
}

TEST_CASE("a recorder gives what came before the stop, however slowly it is taken") {
  constexpr std::uint32_t kMany = 40'000;
  ScriptedBus bus;
  auto messages = numbered(0, kMany);
  for (Message& m : messages) m.timestamp = std::chrono::system_clock::now().time_since_epoch();
  bus.give(messages);
  Recorder recorder(bus, 1, 2048);
  recorder.stop();
  std::size_t count = 0;
  while (!recorder.ended()) {
    count += recorder.receive(10ms, 1000, [](std::span<const Message>) {});
    std::this_thread::sleep_for(50ms);  // two seconds in all
  }
  CHECK(count == kMany);
}

TEST_CASE("a recorder of a bus that talks without end can be stopped") {
  ScriptedBus bus;
  bus.talk_without_end();
  Recorder recorder(bus);
  while (recorder.receive(1s, 10, [](std::span<const Message>) {}) == 0) continue;
  recorder.stop();
  CHECK(collect_all(recorder).size() > 1000);
}

TEST_CASE("a recorder gives what came before a failure, then that") {
  ScriptedBus bus;
  bus.give(numbered(0, 3));
  bus.fail_with("scripted: unplugged");
  Recorder recorder(bus);
  std::size_t count = 0;
  const auto receive = [&] {
    return recorder.receive(10s, kAll,
                            [&](std::span<const Message> batch) { count += batch.size(); });
  };
  CHECK_THROWS_WITH(
      [&] {
        for (;;) receive();
      }(),
      "scripted: unplugged");
  CHECK(count == 3);
}

TEST_CASE("a recorder gives no more than is asked for, and keeps the rest") {
  ScriptedBus bus;
  bus.give(numbered(0, 10));
  Recorder recorder(bus);
  std::vector<std::uint32_t> ids;
  while (ids.size() < 7)
    recorder.receive(1s, 7 - ids.size(), [&](std::span<const Message> batch) {
      for (const Message& message : batch) ids.push_back(message.id);
    });
  CHECK(ids.size() == 7);
  recorder.stop();
  const auto rest = collect_all(recorder);
  CHECK(rest == std::vector<std::uint32_t>{7, 8, 9});
}

TEST_CASE("a recorder that isn't read any more ends") {
  ScriptedBus bus;
  bus.talk_without_end();
  { const Recorder recorder(bus); }  // hangs where its queue is waited for
  SUCCEED();
}

TEST_CASE("a recorder wakes its reader for enough messages, or after the time") {
  ScriptedBus bus;
  Recorder recorder(bus, 100);
  const auto started = std::chrono::steady_clock::now();
  bus.give(numbered(0, 5));
  std::size_t count = 0;
  while (count < 5) count += recorder.receive(50ms, kAll, [](std::span<const Message>) {});
  CHECK(std::chrono::steady_clock::now() - started >= 45ms);
}
