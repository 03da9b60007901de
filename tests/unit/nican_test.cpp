// SPDX-License-Identifier: MIT
// National Instruments' cards, on what stands in for NI-CAN.
#include <catch2/catch.hpp>

#include "cansuite/error_frame.h"
#include "drivers/nican/device.h"
#include "drivers/nican/frame.h"
#include "tests/support/vendor_bus.h"

using namespace can;
using namespace can::vendor_bus;
using Catch::Contains;

namespace {

nican::Config settings(std::uint32_t bitrate, OptionValues options, Filters filters = {}) {
  BusConfig bus;
  bus.interface = "nican";
  bus.channel = "CAN0";
  bus.bitrate = bitrate;
  bus.options = std::move(options);
  bus.filters = std::move(filters);
  return nican::make_config(bus);
}

/// The value of an attribute; -1: it isn't set.
std::int64_t value_of(const nican::Config& config, std::uint32_t id) {
  for (const auto& each : nican::attributes_of(config))
    if (each.id == id) return each.value;
  return -1;
}

}  // namespace

TEST_CASE("nican: what a channel is configured with", "[nican]") {
  CHECK(value_of(settings(0, {}), nican::kStartOnOpen) == 1);
  CHECK(value_of(settings(0, {}), nican::kLogErrors) == 1);
  CHECK(value_of(settings(0, {{"log_errors", "false"}}), nican::kLogErrors) == 0);
  CHECK(value_of(settings(0, {}), nican::kBaudRate) == -1);
  CHECK(value_of(settings(250'000, {}), nican::kBaudRate) == 250'000);
  CHECK((value_of(settings(500'000, {{"sample_point", "0.75"}}), nican::kBaudRate) & 0x80000000) !=
        0);
  CHECK_THROWS_WITH(settings(0, {{"sample_point", "0.75"}}), Contains("needs a bit rate"));
}

TEST_CASE("nican: one filter is NI-CAN's, several are ours: its last would win", "[nican]") {
  const Filter one = {.id = 0x123, .mask = 0x7FF}, long_id = {.id = 1, .mask = 3, .extended = true};
  CHECK(value_of(settings(0, {}, {one}), nican::kComparatorStandard) == 0x123);
  CHECK(value_of(settings(0, {}, {one}), nican::kComparatorExtended) == 0x20000123);
  CHECK(value_of(settings(0, {}, {long_id}), nican::kMaskStandard) == 0);
  CHECK(value_of(settings(0, {}, {long_id}), nican::kMaskExtended) == 3);
  CHECK(value_of(settings(0, {}, {one, long_id}), nican::kMaskStandard) == 0);
  CHECK(value_of(settings(0, {}, {one, long_id}), nican::kMaskExtended) == 0);
}

TEST_CASE("nican: messages and errors", "[nican]") {
  CHECK(nican::encode({.id = 1, .length = 3, .extended = true, .remote = true}).id == 0x20000001);
  Message got;
  nican::Received received{
      .time = 131'000'000'000'000'000, .id = 0x123, .type = 0, .length = 2, .data = {1, 2}};
  CHECK(nican::decode(received, 5s, got));
  CHECK(got.timestamp == std::chrono::nanoseconds(1'455'526'400'000'000'000));
  received.time = 0;
  CHECK(nican::decode(received, 5s, got));
  CHECK(got.timestamp == 5s);
  received.type = 2;
  received.id = 0xBFF6202B;
  CHECK(nican::decode(received, 5s, got));
  CHECK((got.error && got.data[error_bits::kProtocolKind] == error_bits::kStuff));
  received.type = 4;
  CHECK_FALSE(nican::decode(received, 5s, got));
}

TEST_CASE("nican: errors have words, function and code", "[nican]") {
  StandIn library("nican");
  CHECK_THROWS_WITH(open_bus(library.config("CAN9")), Contains("nican CAN9: can't "));
  if (!library.obeys()) return;
  library.control(fmt::format("fail ncConfig {} 1", static_cast<int>(0xBFF62124)));
  CHECK_THROWS_WITH(open_bus(library.config("CAN0")),
                    "nican CAN0: can't configure the channel: the bit rate isn't valid (ncConfig, "
                    "code BFF62124h)");
}

TEST_CASE("nican: filters that are set later take effect", "[nican]") {
  const StandIn library("nican");
  BusConfig config = library.config("CAN0");
  config.filters = {{.id = 0x123, .mask = 0x7FF, .extended = false}};
  auto bus = open_bus(config), other = open_bus(library.config("CAN0"));
  const auto passing = [&] {
    const std::uint32_t ids[] = {0x123, 0x124, 0x700};
    for (const std::uint32_t id : ids) other->send(standard(id));
    std::vector<std::uint32_t> passed;
    for (Message one; bus->receive({&one, 1}, 300ms) == 1;) passed.push_back(one.id);
    return passed;
  };
  using Ids = std::vector<std::uint32_t>;
  CHECK(passing() == Ids{0x123});
  bus->set_filters({{.id = 0x124, .mask = 0x7FF}});
  std::this_thread::sleep_for(100ms);
  CHECK(passing() == Ids{0x124});
  bus->set_filters({});
  std::this_thread::sleep_for(100ms);
  CHECK(passing().size() == 3);
}

TEST_CASE("nican: the state of the controller, errors and losses", "[nican]") {
  const StandIn library("nican");
  if (!library.obeys()) return;
  auto bus = open_bus(library.config("CAN0")), other = open_bus(library.config("CAN0"));
  library.control("error 0 stuff");
  const auto got = receive(*bus, 1);
  REQUIRE(got.size() == 1);
  CHECK((got[0].error && got[0].data[error_bits::kProtocolKind] == error_bits::kStuff));
  library.control("errors 0 130 0");
  wait_for_notice(*bus, "nican CAN0: the controller is error-passive");
  CHECK(bus->state().tx_errors == 130);
  library.control("errors 0 0 0;overrun 0");
  other->send(standard(1));
  CHECK(soon([&] { return bus->counters().dropped == 1; }));
}

TEST_CASE("nican: what waits can be discarded", "[nican]") {
  const StandIn library("nican");
  if (!library.obeys()) return;
  auto bus = open_bus(library.config("CAN0"));
  library.control("hold 0 on");
  bus->send(std::vector<Message>(5, standard(1)));
  CHECK(bus->discard_unsent() == 5);
  library.control("hold 0 off;full 0 on");
  CHECK_THROWS_WITH(bus->send(std::vector<Message>(1000, standard(1)), 10ms),
                    Contains("no message leaves: is another node"));
  library.control("full 0 off");
}

TEST_CASE("nican: a device that vanishes ends the bus, or is waited for", "[nican]") {
  StandIn library("nican");
  if (!library.obeys()) return;
  library.at_end("return 0");
  auto patient = open_bus(library.config("CAN0", {{"reconnect", "true"}}));
  auto bus = open_bus(library.config("CAN0"));
  library.control("vanish 0");
  CHECK_THAT(wait_for_end(*bus), Contains("nican CAN0: can't "));
  wait_for_notice(*patient, ", waiting");
  library.control("return 0");
  wait_for_notice(*patient, "back after");
}

TEST_CASE("libraries for another system say what to use instead", "[ixxat][nican]") {
  for (const char* interface : {"ixxat", "nican"}) {
    BusConfig config;
    config.interface = interface;
    if (StandIn(interface).is_vendors()) continue;
    CHECK_THROWS_WITH(open_bus(config), Contains("for Windows only; on Linux use -i socketcan"));
  }
}
