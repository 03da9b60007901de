// SPDX-License-Identifier: MIT
#include "libcan/flow/triggered_bus.h"

#include <poll.h>

#include <catch2/catch.hpp>

#include "cansuite/frame.h"
#include "tests/scripted_bus.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

/// A message a second, from 1 on; the id says at what second.
std::vector<Message> seconds(std::uint32_t first, std::uint32_t last) {
  std::vector<Message> messages;
  for (std::uint32_t at = first; at <= last; ++at) {
    messages.push_back(frame(at, {}));
    messages.back().timestamp = std::chrono::seconds(at);
  }
  return messages;
}

struct Triggered {
  explicit Triggered(TriggeredBus::Window window)
      : Triggered(std::make_unique<ScriptedBus>(), window) {}

  std::vector<std::uint32_t> ids(std::size_t at_once = 100) {
    std::vector<std::uint32_t> ids;
    std::vector<Message> out(at_once);
    while (const std::size_t count = bus.receive(out, 0ns))
      for (const Message& m : std::span(out).first(count)) ids.push_back(m.id);
    return ids;
  }
  bool readable() const {
    pollfd poll{.fd = bus.descriptor(), .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, 0) == 1;
  }

  ScriptedBus* const source;  // owned by the bus
  TriggeredBus bus;

 private:
  Triggered(std::unique_ptr<ScriptedBus> scripted, TriggeredBus::Window window)
      : source(scripted.get()),
        bus(
            std::move(scripted),
            [](const Message& m) { return m.id == 10 || m.id == 11 || m.id == 20; }, window) {}
};

using Ids = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("triggered bus: messages are received while the condition holds") {
  Triggered made({});
  made.source->give(seconds(1, 30));
  CHECK(made.ids() == Ids{10, 11, 20});
  CHECK(made.bus.filtered() == 27);
}

TEST_CASE("triggered bus: and for a time before and after") {
  Triggered made({.before = 2s, .after = 3s});
  made.source->give(seconds(1, 30));
  CHECK(made.ids() == Ids{8, 9, 10, 11, 12, 13, 14, 18, 19, 20, 21, 22, 23});
  CHECK(made.bus.filtered() == 17);
}

TEST_CASE("triggered bus: windows that overlap have each message once") {
  Triggered made({.before = 8s, .after = 7s});
  made.source->give(seconds(1, 30));
  Ids expected;
  for (std::uint32_t id = 2; id <= 27; ++id) expected.push_back(id);
  CHECK(made.ids(1) == expected);
  CHECK(made.bus.filtered() == 4);
}

TEST_CASE("triggered bus: messages before the condition come from calls before") {
  Triggered made({.before = 2s});
  made.source->give(seconds(1, 9));
  CHECK(made.ids().empty());
  CHECK(made.bus.filtered() == 9);
  CHECK(!made.readable());
  made.source->give(seconds(10, 10));
  std::vector<Message> one(1);
  CHECK(made.bus.receive(one, 0ns) == 1);
  CHECK(made.readable());  // two are chosen
  CHECK(made.bus.filtered() == 7);
  CHECK(made.ids() == Ids{9, 10});
  CHECK(!made.readable());
}

TEST_CASE("triggered bus: memory is bounded, and told") {
  Triggered made({.before = 9s, .most = 3});
  made.source->give(seconds(1, 10));
  CHECK(made.ids() == Ids{7, 8, 9, 10});
  CHECK(made.bus.drain_notices() ==
        std::vector<std::string>{"memory holds 3 messages, 2.0 s of the 9.0 s before"});
}

TEST_CASE("triggered bus: a busy bus without the condition ends a call") {
  Triggered made({});
  made.source->talk_without_end();
  std::vector<Message> out(10);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) made.bus.receive(out, 10ms);
  CHECK(std::chrono::steady_clock::now() - start < 30s);
}

TEST_CASE("triggered bus: a failure, notices and losses are those of the bus") {
  Triggered made({});
  made.source->lose(3);
  made.source->say("link is down");
  made.source->give(seconds(10, 10));
  CHECK(made.ids() == Ids{10});
  CHECK(made.bus.counters().dropped == 3);
  CHECK(made.bus.drain_notices() == std::vector<std::string>{"link is down"});
  made.source->fail_with("gone");
  std::vector<Message> out(1);
  CHECK_THROWS_WITH(made.bus.receive(out, 0ns), "gone");
}
