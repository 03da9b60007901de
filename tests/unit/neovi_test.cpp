// SPDX-License-Identifier: MIT
// Intrepid's devices, on what stands in for libicsneo.
#include <catch2/catch.hpp>

#include "cansuite/error_frame.h"
#include "drivers/neovi/device.h"
#include "drivers/neovi/frame.h"
#include "drivers/neovi/networks.h"
#include "tests/support/vendor_bus.h"

using namespace can;
using namespace can::vendor_bus;
using Catch::Contains;

namespace {

/// Two devices on one wire.
StandIn wired(bool old = false) {
  StandIn library("neovi", old);
  if (!library.is_vendors()) library.control("devices 2;wire 1 0");
  return library;
}

neovi::SpyMessage error(std::uint32_t status) {
  neovi::SpyMessage spy{};
  spy.status = status;
  return spy;
}

}  // namespace

TEST_CASE("neovi: networks by number and name", "[neovi]") {
  const std::pair<const char*, int> rows[] = {{"1", 1},       {"HSCAN", 1},      {"NETID_MSCAN", 2},
                                              {"HSCAN2", 42}, {"DWCAN_16", 541}, {"600", 600}};
  for (const auto& [name, number] : rows) CHECK(neovi::parse_network(name) == number);
  for (const char* name : {"0", "", "LSCAN", "70000", "1x"})
    CHECK_THROWS_WITH(neovi::parse_network(name), Contains("expected a network such as 1, HSCAN"));
}

TEST_CASE("neovi: serial numbers as they are printed on the devices", "[neovi]") {
  CHECK(neovi::serial_text(16'796'160) == "16796160");
  CHECK(neovi::serial_text(16'796'161) == "A0001");
  CHECK(neovi::serial_text(1'679'616'001) == "RS0001");
  CHECK(neovi::serial_text(123) == "123");
}

TEST_CASE("neovi: messages with networks above 255 and long data", "[neovi]") {
  Message sent{.id = 0x123, .length = 64, .fd = true, .brs = true};
  for (std::size_t i = 0; i < 64; ++i) sent.data[i] = static_cast<std::uint8_t>(i);
  neovi::SpyMessage spy = neovi::encode(sent, 541, 7);
  CHECK((spy.network == 29 && spy.network2 == 2 && neovi::network_of(spy) == 541));
  CHECK((spy.protocol == 30 && spy.status3 == 0x18 && spy.has_extra_data == 1));
  CHECK(spy.description == 7);
  Message got;
  neovi::decode(spy, got);
  CHECK((got.length == 64 && got.fd && got.brs && got.data == sent.data));
  spy.has_extra_data = 0;  // a length without data behind it
  neovi::decode(spy, got);
  CHECK(got.length == 8);
}

TEST_CASE("neovi: errors of the bus", "[neovi]") {
  Message got;
  neovi::decode(error(neovi::kBusOff | neovi::kGlobalError), got);
  CHECK((got.error && got.id == error_bits::kBusOff));
  neovi::decode(error(neovi::kErrorPassive), got);
  CHECK(got.data[error_bits::kControllerBits] == 0x30);
  neovi::decode(error(neovi::kCrcError), got);
  CHECK(got.data[error_bits::kProtocolPlace] == error_bits::kCrcSequence);
  neovi::decode(error(neovi::kGlobalError), got);
  CHECK((got.error && got.id == 0 && got.length == 0));
}

TEST_CASE("neovi: a device that nobody uses, or the one with a number", "[neovi]") {
  const StandIn library = wired();
  auto one = open_bus(library.config("1"));
  if (library.is_vendors()) return;
  auto two = open_bus(library.config("HSCAN", {{"serial", "RS0002"}}));
  CHECK_THAT(two->details(), Contains("neoVI FIRE RS0002, network 1, "));
  two->send(standard(1));  // by the other device
  CHECK(receive(*one, 1).size() == 1);
  CHECK_THROWS_WITH(open_bus(library.config("1", {{"serial", "XX"}})),
                    Contains("no device has the serial number 'XX'; --list-interfaces"));
  CHECK_THROWS_WITH(open_bus(library.config("1", {{"type_filter", "64"}})),
                    Contains("neovi 1: no device is plugged in"));
  CHECK_THAT(open_bus(library.config("1", {{"type_filter", "16"}}))->details(),
             Contains("ValueCAN 3 RS0001"));
  library.control("fail icsneoOpenDevice 0 1");
  CHECK_THROWS_WITH(open_bus(library.config("1", {{"serial", "RS0001"}})),
                    Contains("can't open ValueCAN 3 RS0001: another program uses it"));
}

TEST_CASE("neovi: bit rates are the device's unless given", "[neovi]") {
  const StandIn library = wired();
  if (!library.obeys()) return;
  const auto calls = [&] {
    return std::pair(library.query("calls icsneoSetBitRate"),
                     library.query("calls icsneoSetFDBitRate"));
  };
  const auto before = calls();
  open_bus(library.config("1"));
  CHECK(calls() == before);
  BusConfig config = library.config("1");
  config.bitrate = 250'000;
  config.data_bitrate = 2'000'000;
  auto bus = open_bus(config);
  CHECK(calls() == std::pair(before.first + 1, before.second + 1));
  CHECK_THAT(bus->details(), Contains("250000 bit/s, CAN FD with 2000000 bit/s"));
}

TEST_CASE("neovi: times are this machine's, by the device's clock or by arrival", "[neovi]") {
  const StandIn library = wired();
  for (const char* host : {"false", "true"}) {
    CAPTURE(host);
    auto bus = open_bus(library.config("1", {{"use_system_timestamp", host}}));
    auto other = open_bus(library.config("1"));
    const auto before = std::chrono::system_clock::now().time_since_epoch();
    other->send(standard(1));
    const auto time = receive(*bus, 1).at(0).timestamp;
    CHECK(time >= before);
    CHECK(time <= std::chrono::system_clock::now().time_since_epoch());
  }
}

TEST_CASE("neovi: errors of the bus arrive, and bus off is told", "[neovi]") {
  const StandIn library = wired();
  if (!library.obeys()) return;
  auto bus = open_bus(library.config("1"));
  library.control("bus_off 0");
  wait_for_notice(*bus, "neovi 1: the controller is bus-off");
  CHECK(bus->state().controller == ControllerState::bus_off);
  library.control("bus_on 0");
}

TEST_CASE("neovi: what was lost is counted", "[neovi]") {
  const StandIn library = wired();
  if (!library.obeys()) return;
  auto bus = open_bus(library.config("1")), other = open_bus(library.config("1"));
  library.control("overrun 0");
  other->send(standard(1));
  CHECK(soon([&] { return bus->counters().dropped == 1; }));
}

TEST_CASE("neovi: a full transmit queue is told", "[neovi]") {
  const StandIn library = wired();
  if (!library.obeys()) return;
  auto bus = open_bus(library.config("1"));
  library.control("full 0 on");
  CHECK_THROWS_WITH(bus->send(standard(1), 10ms), Contains("neovi 1: "));
  library.control("full 0 off");
}

TEST_CASE("neovi: an older library serves, too", "[neovi]") {
  const StandIn library = wired(true);
  auto bus = open_bus(library.config("1")), other = open_bus(library.config("1"));
  other->send(standard(1));
  CHECK(receive(*bus, 1).size() == 1);
}

TEST_CASE("neovi: a device that vanishes ends the bus, or is waited for", "[neovi]") {
  StandIn library = wired();
  if (!library.obeys()) return;
  library.at_end("return 0;return 1");
  auto bus = open_bus(library.config("1"));
  auto patient = open_bus(library.config("1", {{"reconnect", "true"}}));
  library.control("vanish 0;vanish 1");
  CHECK_THAT(wait_for_end(*bus), Contains("neovi 1: can't receive: "));
  wait_for_notice(*patient, ", waiting");
  library.control("return 0;return 1");
  wait_for_notice(*patient, "back after");
}
