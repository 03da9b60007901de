// SPDX-License-Identifier: MIT
// The bus of all vendors' libraries, on a device of the test's.
#include "drivers/support/polled_bus.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>

#include "cansuite/error_frame.h"
#include "drivers/support/state_frame.h"
#include "libcan/model/fail.h"
#include "tests/support/vendor_bus.h"

using namespace can;
using namespace can::vendor_bus;
using Catch::Contains;

namespace {

/// What the test and the device share: the device belongs to the bus.
struct Script {
  std::mutex mutex;
  Received next;      // what read() gives once
  bool gone = false;  // read() fails, and the device can't be opened
  bool full = false;  // the device takes no message
  bool sent = true;   // all have left
  BusState state{.controller = ControllerState::error_active};
  int opened = 0, closed = 0;
  Filters filters;
};

class ScriptedDevice final : public PolledDevice {
 public:
  explicit ScriptedDevice(Script& script) : script_(script) {
    const std::lock_guard lock(script_.mutex);
    if (script_.gone) fail(Errc::not_found, "no device");
    ++script_.opened;
  }
  ~ScriptedDevice() override {
    const std::lock_guard lock(script_.mutex);
    ++script_.closed;
  }

  void read(Received& out) override {
    const std::lock_guard lock(script_.mutex);
    if (script_.gone) fail(Errc::io, "the device is gone");
    out = std::exchange(script_.next, {});
  }
  std::size_t send(std::span<const Message> messages) override {
    const std::lock_guard lock(script_.mutex);
    return script_.full ? 0 : messages.size();
  }
  bool all_sent() override { return script_.sent; }
  void set_filters(std::span<const Filter> filters) override {
    const std::lock_guard lock(script_.mutex);
    script_.filters.assign(filters.begin(), filters.end());
  }
  BusState state() override {
    const std::lock_guard lock(script_.mutex);
    return script_.state;
  }

 private:
  Script& script_;
};

std::unique_ptr<PolledBus> open(Script& script, PolledBusOptions options = {}) {
  options.name = "test 0";
  options.channel = "test0";
  return std::make_unique<PolledBus>(
      options, [&script] { return std::make_unique<ScriptedDevice>(script); });
}

template <class Change>
void change(Script& script, Change change) {
  const std::lock_guard lock(script.mutex);
  change(script);
}

}  // namespace

TEST_CASE("polled bus: what nobody receives in time is dropped and counted", "[polled_bus]") {
  Script script;
  auto bus = open(script);
  change(script, [](Script& s) {
    s.next.messages.assign(100'007, standard(1));
    s.next.dropped = 3;  // by the device itself
  });
  CHECK(soon([&] { return bus->counters().dropped == 10; }));
  Message message;
  CHECK(bus->receive({&message, 1}, 1s) == 1);
  CHECK(message.channel.name() == "test0");
}

TEST_CASE("polled bus: own messages of a device without an echo", "[polled_bus]") {
  Script script;
  auto bus = open(script, {.receive_own = true});
  bus->send(standard(5));
  const auto got = receive(*bus, 1);
  REQUIRE(got.size() == 1);
  CHECK((got[0].transmitted && got[0].id == 5 && got[0].channel.name() == "test0"));
}

TEST_CASE("polled bus: a change of the controller's state is an error frame and a notice",
          "[polled_bus]") {
  Script script;
  auto bus = open(script);
  change(script, [](Script& s) {
    s.state = {.controller = ControllerState::error_passive, .tx_errors = 130, .rx_errors = 2};
    s.next.state_changed = true;
  });
  const auto got = receive(*bus, 1);
  REQUIRE(got.size() == 1);
  BusState learnt;
  learn(got[0], learnt);
  CHECK(learnt.controller == ControllerState::error_passive);
  CHECK(learnt.tx_errors == 130);
  CHECK(got[0].data[error_bits::kControllerBits] == error_bits::kTxPassive);
  wait_for_notice(*bus, "test 0: the controller is error-passive");
}

TEST_CASE("polled bus: error frames for each state", "[polled_bus]") {
  for (const auto controller : {ControllerState::error_active, ControllerState::error_warning,
                                ControllerState::error_passive, ControllerState::bus_off}) {
    BusState learnt;
    learn(state_frame({.controller = controller}, 7s), learnt);
    CHECK(learnt.controller == controller);
    CHECK_FALSE(learnt.tx_errors);
  }
  CHECK(state_frame({}, 7s).timestamp == 7s);
}

TEST_CASE("polled bus: a device that is lost ends the bus, or is opened again", "[polled_bus]") {
  for (const bool reconnect : {false, true}) {
    Script script;
    auto bus = open(script, {.reconnect = reconnect});
    bus->set_filters({{.id = 1, .mask = 1}});
    change(script, [](Script& s) { s.gone = true; });
    if (!reconnect) {
      CHECK(wait_for_end(*bus) == "test 0: the device is gone");
      CHECK_THROWS_WITH(bus->send(standard(1)), "test 0: the device is gone");
      CHECK(script.closed == 1);
      continue;
    }
    wait_for_notice(*bus, "test 0: the device is gone, waiting");
    CHECK_THROWS_WITH(bus->send(standard(1), 0ns), "test 0: the device isn't there");
    CHECK_THROWS_WITH(bus->flush(), "test 0: the device isn't there");
    change(script, [](Script& s) { s.gone = false, s.filters.clear(); });
    wait_for_notice(*bus, "test 0: back after");
    CHECK(script.opened == 2);
    CHECK(soon([&] {
      const std::lock_guard lock(script.mutex);
      return script.filters == Filters{{.id = 1, .mask = 1}};
    }));
    CHECK_NOTHROW(bus->send(standard(1)));
  }
}

TEST_CASE("polled bus: a missing device is an error, or is waited for", "[polled_bus]") {
  Script script;
  script.gone = true;
  CHECK_THROWS_WITH(open(script, {.reconnect = true}), "no device");
  auto bus = open(script, {.wait = true});
  CHECK(bus->drain_notices() == std::vector<std::string>{"test 0: no device, waiting"});
  CHECK(bus->state() == BusState{});
  CHECK(bus->details().empty());
  change(script, [](Script& s) { s.gone = false; });
  wait_for_notice(*bus, "back after");
}

TEST_CASE("polled bus: a device that stays full", "[polled_bus]") {
  Script script;
  script.full = true;
  script.sent = false;
  auto bus = open(script);
  CHECK_THROWS_WITH(bus->send(standard(1), 20ms),
                    "test 0: the transmit queue is full, and no message leaves: is another node "
                    "there, and the bit rate right?");
  CHECK_THROWS_WITH(bus->flush(), Contains("no message leaves"));
}
