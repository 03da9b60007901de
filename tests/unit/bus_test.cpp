// SPDX-License-Identifier: MIT
// What every bus has from its base class: filters, deadlines, waiting for room, notices.

#include "cansuite/bus.h"

#include <catch2/catch.hpp>
#include <future>

#include "cansuite/error_frame.h"
#include "libcan/model/fail.h"
#include "tests/scripted_bus.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

Filters only(std::uint32_t id) { return {{.id = id, .mask = kStandardIdMask}}; }

}  // namespace

TEST_CASE("a bus waits for a message that passes its filters", "[bus]") {
  ScriptedBus bus;
  bus.set_filters(only(7));
  for (const std::chrono::nanoseconds timeout :
       {std::chrono::nanoseconds(1min), std::chrono::nanoseconds::max()}) {
    bus.give({{.id = 1}, {.id = 2}});
    auto received = std::async(std::launch::async, [&] {
      std::vector<Message> room(10);
      room.resize(bus.receive(room, timeout));
      return room;
    });
    CHECK(received.wait_for(50ms) == std::future_status::timeout);
    bus.give({{.id = 3}, {.id = 7}, {.id = 8}, {.id = 7, .length = 1}});
    const auto messages = received.get();
    REQUIRE(messages.size() == 2);
    CHECK((messages[0].id == 7 && messages[0].length == 0 && messages[1].length == 1));
  }
  CHECK(bus.filtered() == 2 * 4);
}

TEST_CASE("a bus that gives only what filters refuse is waited for as long as asked", "[bus]") {
  ScriptedBus bus;
  bus.set_filters(only(0x7FF));
  bus.give(std::vector<Message>(100));
  std::vector<Message> room(10);
  const auto started = Clock::now();
  CHECK(bus.receive(room, 100ms) == 0);
  CHECK(Clock::now() - started >= 100ms);
  CHECK(bus.receive(room, 0ns) == 0);
  bus.set_filters({});
  bus.give({{.id = 1}});
  CHECK(bus.receive(room, 0ns) == 1);
}

TEST_CASE("error frames pass all filters", "[bus]") {
  ScriptedBus bus;
  bus.set_filters({{.id = 1, .mask = kStandardIdMask}, {.id = 4, .mask = 4, .inverted = true}});
  bus.give({{.id = 4, .length = 8, .error = true}, {.id = 2}});
  Message room[2];
  CHECK(bus.receive(room, 0ns) == 1);
  CHECK(room[0].error);
}

TEST_CASE("sending waits for room, at most a second", "[bus]") {
  ScriptedBus bus;
  bus.read_only(1);
  const auto started = Clock::now();
  CHECK_THROWS_WITH(bus.send(std::vector<Message>(2)), "scripted: takes no more messages");
  CHECK(Clock::now() - started >= 1s);
  CHECK(bus.sent().size() == 1);
  // Whoever comes next has a second of his own.
  auto sent = std::async(std::launch::async, [&] { bus.send(std::vector<Message>(1)); });
  CHECK(sent.wait_for(100ms) == std::future_status::timeout);
  bus.read_only(SIZE_MAX);
  CHECK_NOTHROW(sent.get());
}

TEST_CASE("sending waits for room as long as the caller says", "[bus]") {
  ScriptedBus bus;
  bus.read_only(0);
  const auto time_until_throw = [&bus](std::chrono::nanoseconds timeout) {
    const auto started = Clock::now();
    CHECK_THROWS_WITH(bus.send(Message{}, timeout), "scripted: takes no more messages");
    return Clock::now() - started;
  };
  CHECK(time_until_throw(0ns) < 1s);
  CHECK(time_until_throw(-1ns) < 1s);
  CHECK(time_until_throw(std::chrono::nanoseconds::min()) < 1s);
  CHECK(time_until_throw(100ms) >= 100ms);
  for (const std::chrono::nanoseconds timeout :
       {std::chrono::nanoseconds(1min), std::chrono::nanoseconds::max()}) {
    auto sent = std::async(std::launch::async, [&] { bus.send(Message{}, timeout); });
    CHECK(sent.wait_for(1200ms) == std::future_status::timeout);
    bus.read_only(SIZE_MAX);
    CHECK_NOTHROW(sent.get());
    bus.read_only(0);
  }
}

TEST_CASE("filters may be replaced while another thread receives", "[bus]") {
  ScriptedBus bus;
  bus.set_filters(only(7));
  auto received = std::async(std::launch::async, [&] { return bus.receive(10s); });
  bus.give({{.id = 1}});
  CHECK(received.wait_for(20ms) == std::future_status::timeout);
  bus.set_filters(only(8));
  bus.give({{.id = 7}, {.id = 8}});
  const auto message = received.get();
  REQUIRE(message);
  CHECK(message->id == 8);
}

TEST_CASE("what only one kind of device has", "[bus]") {
  struct Lamp {
    virtual ~Lamp() = default;
    virtual void light() = 0;
  };
  struct LampBus final : ScriptedBus, Lamp {
    void light() override { ++lit; }
    int lit = 0;
  } lamp;
  ScriptedBus plain;
  Bus& bus = lamp;
  REQUIRE(bus.device<Lamp>());
  bus.device<Lamp>()->light();
  CHECK(lamp.lit == 1);
  CHECK_FALSE(static_cast<Bus&>(plain).device<Lamp>());
}

TEST_CASE("what error frames tell about the controller", "[bus]") {
  BusState state;
  CHECK(name_of(state.controller).empty());
  const auto told = [&state](const Message& message) {
    learn(message, state);
    return name_of(state.controller);
  };
  const auto error = [](std::uint32_t id, std::uint8_t bits = 0) {
    return Message{.id = id, .length = 8, .error = true, .data = {0, bits, 0, 0, 0, 0, 97, 3}};
  };
  using namespace error_bits;
  CHECK(told(error(kController, kActive)) == "error-active");
  CHECK(told(error(kController, kRxWarning)) == "error-warning");
  CHECK(told(error(kController, kTxPassive | kRxWarning)) == "error-passive");
  CHECK(told(error(kProtocol)) == "error-passive");
  CHECK_FALSE(state.tx_errors);
  CHECK(told(error(kController | kCounters, kRxOverflow)) == "error-passive");
  CHECK((state.tx_errors == 97 && state.rx_errors == 3));
  CHECK(told(error(kBusOff)) == "bus-off");
  CHECK(told({.id = kController, .length = 8}) == "bus-off");
  CHECK(told(error(kRestarted)) == "error-active");
}

TEST_CASE("a bus that is full now and was full long ago has not been full since", "[bus]") {
  ScriptedBus bus;
  bus.read_only(0);
  const Message m;
  CHECK(bus.send_now({&m, 1}) == 0);
  std::this_thread::sleep_for(1100ms);
  CHECK(bus.send_now({&m, 1}) == 0);
}

TEST_CASE("of many notices the latest are kept", "[bus]") {
  ScriptedBus bus;
  for (int i = 1; i <= 70; ++i) bus.say(std::to_string(i));
  const auto notices = bus.drain_notices();
  REQUIRE(notices.size() == 64);
  CHECK((notices.front() == "7" && notices.back() == "70"));
  CHECK(bus.drain_notices().empty());
}

TEST_CASE("a periodic message has a period", "[bus]") {
  ScriptedBus bus;
  for (const Cycle& cycle : {Cycle{.period = 0ns}, Cycle{.period = -1s}, Cycle{.period = 999ns},
                             Cycle{.period = 1s, .count = 1, .then = 999ns}})
    CHECK_THROWS_WITH(bus.send_periodic({}, cycle), Catch::Contains("at least 1 us"));
  CHECK_THROWS_WITH(bus.send_periodic({.id = 0x800}, {.period = 1s}),
                    Catch::Contains("can't send id 800"));
  CHECK(bus.sent().empty());
  CHECK_NOTHROW(bus.send_periodic({}, {.period = 1us, .count = 1})->wait(10s));
  CHECK(bus.sent().size() == 1);
}
