// SPDX-License-Identifier: MIT
// HMS' Ixxat adapters, on what stands in for VCI.
#include <catch2/catch.hpp>

#include "cansuite/error_frame.h"
#include "drivers/ixxat/device.h"
#include "drivers/ixxat/frame.h"
#include "tests/support/vendor_bus.h"

using namespace can;
using namespace can::vendor_bus;
using Catch::Contains;

namespace {

ixxat::Config settings(std::uint32_t bitrate, OptionValues options) {
  BusConfig bus;
  bus.interface = "ixxat";
  bus.channel = "1";
  bus.bitrate = bitrate;
  bus.options = std::move(options);
  return ixxat::make_config(bus);
}

}  // namespace

TEST_CASE("ixxat: settings by today's names and those of the first manual", "[ixxat]") {
  CHECK(settings(0, {}).btr == 0x001C);
  CHECK(settings(10'000, {}).btr == 0x311C);
  CHECK(settings(500'000, {{"sample_point", "0.75"}}).btr != 0x001C);
  CHECK(settings(0, {}).number == 1);
  CHECK((settings(0, {}).rx_size == 1024 && settings(0, {}).tx_size == 128));
  CHECK(settings(0, {{"rx_fifo_size", "2000"}}).rx_size == 2000);
  CHECK(settings(0, {{"rxFifoSize", "16"}}).rx_size == 16);
  CHECK(settings(0, {{"tx_fifo_size", "200"}}).tx_size == 200);
  CHECK(settings(0, {{"txFifoSize", "17"}}).tx_size == 17);
  CHECK(settings(0, {{"unique_hardware_id", "HW1"}}).hardware_id == "HW1");
  CHECK(settings(0, {{"UniqueHardwareId", "HW2"}}).hardware_id == "HW2");
}

TEST_CASE("ixxat: a filter has the bit of remote frames below the id", "[ixxat]") {
  const auto both = ixxat::accepted_ids({.id = 0x123, .mask = 0x7FF});
  CHECK((both.code == 0x246 && both.mask == 0xFFE));
  const auto remote = ixxat::accepted_ids({.id = 0x123, .mask = 0x7FF, .remote = true});
  CHECK((remote.code == 0x247 && remote.mask == 0xFFF));
}

TEST_CASE("ixxat: fields of a message", "[ixxat]") {
  CHECK(ixxat::encode({.id = 1, .length = 8}, false).info == 0x80000);
  CHECK(ixxat::encode({.id = 1, .length = 2, .extended = true, .remote = true}, true).info ==
        (0x20000 | 1u << 21 | 1u << 22 | 1u << 23));
  Message got;
  ixxat::decode({.time = 0, .id = 0x123, .info = 0xF0000, .data = {}}, got);
  CHECK((got.length == 8 && got.raw_dlc == 15));
  ixxat::decode({.time = 0, .id = 0, .info = 2, .data = {6}}, got);
  CHECK((got.error && got.data[error_bits::kProtocolPlace] == error_bits::kCrcSequence));
}

TEST_CASE("ixxat: each code has words", "[ixxat]") {
  for (unsigned number = 1; number <= 0x1A; ++number)
    CHECK_THAT(ixxat::words_of(static_cast<ixxat::Result>(0xE0010000 | number)),
               !Contains("may be gone") || Contains("handle"));
  CHECK(ixxat::words_of(static_cast<ixxat::Result>(0x80070005)) ==
        "VCI failed; the device may be gone (code 80070005h)");
}

TEST_CASE("ixxat: a device by its hardware id", "[ixxat]") {
  const StandIn library("ixxat");
  CHECK_THROWS_WITH(open_bus(library.config("0", {{"unique_hardware_id", "XX"}})),
                    Contains("ixxat 0: no device has the hardware id 'XX'; --list-interfaces"));
  auto bus = open_bus(library.config("0"));
  CHECK_THAT(bus->details(), Contains("hardware id ") && Contains("500000 bit/s"));
  BusConfig config = library.config("0");
  config.fd = true;
  CHECK_THROWS_WITH(open_bus(config), Contains("CAN FD needs VCI 4's other library"));
}

TEST_CASE("ixxat: ids of 29 bits may be off", "[ixxat]") {
  const StandIn library("ixxat");
  auto bus = open_bus(library.config("0", {{"extended", "false"}}));
  CHECK_THROWS_WITH(bus->send(Message{.id = 1, .extended = true}),
                    Contains("ids of 29 bits are off (extended=false)"));
}

TEST_CASE("ixxat: filters are VCI's, also those that are set later", "[ixxat]") {
  const StandIn library("ixxat");
  BusConfig config = library.config("0");
  config.filters = {{.id = 0x123, .mask = 0x7FF, .extended = false},
                    {.id = 0x700, .mask = 0x7FF, .extended = true}};
  auto bus = open_bus(config), other = open_bus(library.config("0"));
  const auto passing = [&] {
    const std::uint32_t ids[] = {0x123, 0x124, 0x700};
    for (const std::uint32_t id : ids) other->send(standard(id));
    other->send(Message{.id = 0x700, .extended = true});
    std::vector<std::uint32_t> passed;
    for (Message one; bus->receive({&one, 1}, 300ms) == 1;) passed.push_back(one.id);
    return passed;
  };
  using Ids = std::vector<std::uint32_t>;
  CHECK(passing() == Ids{0x123, 0x700});
  bus->set_filters({{.id = 0x124, .mask = 0x7FF}});
  std::this_thread::sleep_for(100ms);
  CHECK(passing() == Ids{0x124});
  bus->set_filters({});
  std::this_thread::sleep_for(100ms);
  CHECK(passing() == Ids{0x123, 0x124, 0x700, 0x700});
}

TEST_CASE("ixxat: the state of the controller, and a full queue", "[ixxat]") {
  const StandIn library("ixxat");
  if (!library.obeys()) return;
  auto bus = open_bus(library.config("0"));
  library.control("bus_off 0");
  wait_for_notice(*bus, "ixxat 0: the controller is bus-off");
  CHECK(bus->state().controller == ControllerState::bus_off);
  library.control("bus_on 0;full 0 on");
  CHECK_THROWS_WITH(bus->send(std::vector<Message>(1000, standard(1)), 10ms),
                    Contains("no message leaves: is another node"));
  library.control("full 0 off");
}

TEST_CASE("ixxat: errors and losses", "[ixxat]") {
  const StandIn library("ixxat");
  if (!library.obeys()) return;
  auto bus = open_bus(library.config("0")), other = open_bus(library.config("0"));
  library.control("error 0 stuff");
  const auto got = receive(*bus, 1);
  REQUIRE(got.size() == 1);
  CHECK((got[0].error && got[0].data[error_bits::kProtocolKind] == error_bits::kStuff));
  library.control("overrun 0");
  other->send(standard(1));
  CHECK(soon([&] { return bus->counters().dropped == 1; }));
}

TEST_CASE("ixxat: times are this machine's, by the controller's clock", "[ixxat]") {
  const StandIn library("ixxat");
  auto bus = open_bus(library.config("0")), other = open_bus(library.config("0"));
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  other->send(standard(1));
  const auto time = receive(*bus, 1).at(0).timestamp;
  CHECK(time >= before);
  CHECK(time <= std::chrono::system_clock::now().time_since_epoch());
}

TEST_CASE("ixxat: a device that vanishes ends the bus, or is waited for", "[ixxat]") {
  StandIn library("ixxat");
  if (!library.obeys()) return;
  library.at_end("return 0");
  auto patient = open_bus(library.config("0", {{"reconnect", "true"}}));
  auto bus = open_bus(library.config("0"));
  library.control("vanish 0");
  CHECK_THAT(wait_for_end(*bus), Contains("ixxat 0: can't "));
  wait_for_notice(*patient, ", waiting");
  library.control("return 0");
  wait_for_notice(*patient, "back after");
}
