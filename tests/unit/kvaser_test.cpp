// SPDX-License-Identifier: MIT
// Kvaser's adapters, on what stands in for CANLIB.
#include <catch2/catch.hpp>

#include "cansuite/devices.h"
#include "cansuite/error_frame.h"
#include "drivers/kvaser/config.h"
#include "drivers/kvaser/frame.h"
#include "drivers/kvaser/library.h"
#include "tests/support/vendor_bus.h"

using namespace can;
using namespace can::vendor_bus;
using Catch::Contains;

namespace {

kvaser::Config settings(std::uint32_t bitrate, OptionValues options, std::uint32_t data = 0) {
  BusConfig bus;
  bus.interface = "kvaser";
  bus.channel = "0";
  bus.bitrate = bitrate;
  bus.data_bitrate = data;
  bus.options = std::move(options);
  return kvaser::make_config(bus);
}

BusConfig with_own(BusConfig config) {
  config.receive_own_messages = true;
  return config;
}

}  // namespace

TEST_CASE("kvaser: flags of messages", "[kvaser]") {
  CHECK(kvaser::flags_of({.id = 1, .length = 1}) == 0x2);
  CHECK(kvaser::flags_of({.id = 1, .extended = true}) == 0x4);
  CHECK(kvaser::flags_of({.id = 1, .remote = true}) == 0x3);
  CHECK(kvaser::flags_of({.id = 1, .length = 64, .fd = true, .brs = true, .esi = true}) == 0x30002);
  Message got;
  kvaser::decode(0x123, 64, 0x70002, got);
  CHECK((got.fd && got.brs && got.esi && got.length == 64 && got.id == 0x123));
  kvaser::decode(0x123, 2, 0x42, got);
  CHECK(got.transmitted);
  kvaser::decode(0x123, 2, 0x10000002, got);
  CHECK(got.transmitted);
  kvaser::decode(0x123, 200, 0x2, got);
  CHECK(got.length == 8);
}

TEST_CASE("kvaser: error frames with and without details", "[kvaser]") {
  Message got;
  kvaser::decode(0, 0, 0x20, got);
  CHECK((got.error && got.id == 0 && got.length == 0));
  kvaser::decode(0, 0, 0x20 | 0x800, got);
  CHECK(error_words(got) == std::vector<std::string>{"protocol violation: bit stuffing error"});
  kvaser::decode(0, 0, 0x20 | 0x2000, got);
  CHECK(error_words(got).at(0).find("CRC") != std::string::npos);
  kvaser::decode(0, 0, 0x20 | 0x200, got);
  CHECK(error_words(got).at(0).find("overflow") != std::string::npos);
}

TEST_CASE("kvaser: bit timing", "[kvaser]") {
  CHECK(settings(0, {}).bitrate == 500'000);
  CHECK(settings(500'000, {}).nominal.frequency == -2);
  CHECK(settings(83'333, {}).nominal.frequency == -8);
  const auto rare = settings(800'000, {}).nominal;
  CHECK(rare.frequency == 800'000);
  CHECK(rare.tseg1 + rare.tseg2 + 1 == 10);
  const auto given = settings(500'000, {{"tseg1", "5"}, {"tseg2", "2"}, {"sjw", "1"}}).nominal;
  CHECK((given.frequency == 500'000 && given.tseg1 == 5 && given.tseg2 == 2 && given.sjw == 1));
  CHECK(settings(500'000, {{"no_samp", "3"}}).samples == 3);
  const auto early = settings(500'000, {{"sample_point", "0.5"}}).nominal;
  CHECK(early.tseg1 + 1 == early.tseg2);
  for (const char* alone : {"tseg1", "tseg2", "sjw"})
    CHECK_THROWS_WITH(settings(500'000, {{alone, "5"}}),
                      "options 'tseg1', 'tseg2' and 'sjw' need each other");
  CHECK_THROWS_WITH(
      settings(500'000, {{"tseg1", "5"}, {"tseg2", "2"}, {"sjw", "1"}, {"sample_point", "0.8"}}),
      Contains("exclude each other"));
  const auto fd = settings(500'000, {{"data_sample_point", "0.7"}}, 2'000'000);
  CHECK(fd.nominal.frequency == -1000);
  CHECK((fd.data.frequency == 2'000'000 && fd.data.tseg1 == 27 && fd.data.tseg2 == 12));
  CHECK(settings(500'000, {}, 4'000'000).data.frequency == -1003);
  CHECK(settings(500'000, {{"fd_non_iso", "true"}}, 4'000'000).open_flags ==
        (0x20 | 0x400 | 0x800));
  CHECK(settings(500'000, {{"exclusive", "true"}, {"accept_virtual", "false"}}).open_flags == 0x8);
  CHECK(
      settings(500'000, {{"override_exclusive", "true"}, {"no_init_access", "true"}}).open_flags ==
      (0x20 | 0x40 | 0x100));
}

TEST_CASE("kvaser: one handle hears other programs, two only all that is sent or nothing",
          "[kvaser]") {
  const StandIn library("kvaser");
  auto other = open_bus(library.config("0"));
  auto one = open_bus(library.config("0"));
  auto two = open_bus(library.config("0", {{"single_handle", "false"}}));
  auto all = open_bus(with_own(library.config("0", {{"single_handle", "false"}})));
  other->send(standard(1));
  CHECK(receive(*one, 1).at(0).id == 1);
  CHECK(hears_nothing(*two));
  CHECK(receive(*all, 1).at(0).transmitted);
  all->send(standard(2));
  CHECK(receive(*all, 1).at(0).transmitted);
  CHECK_FALSE(receive(*one, 1).at(0).transmitted);
  two->send(standard(3));
  CHECK(receive(*one, 1).at(0).id == 3);
}

TEST_CASE("kvaser: a silent channel hears and doesn't send", "[kvaser]") {
  const StandIn library("kvaser");
  auto silent = open_bus(library.config("0", {{"driver_mode", "false"}}));
  auto other = open_bus(library.config("0"));
  other->send(standard(1));
  CHECK(receive(*silent, 1).size() == 1);
  CHECK(silent->details().find(", silent, ") != std::string::npos);
  CHECK_THROWS_WITH(silent->send(standard(2)),
                    "kvaser 0: can't send id 2: the channel is silent (driver_mode=false)");
}

TEST_CASE("kvaser: times are this machine's, by the timer of the device", "[kvaser]") {
  const StandIn library("kvaser");
  auto bus = open_bus(library.config("0")), other = open_bus(library.config("0"));
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  other->send(standard(1));
  const auto time = receive(*bus, 1).at(0).timestamp;
  CHECK(time > before - 100ms);
  CHECK(time <= std::chrono::system_clock::now().time_since_epoch());
  auto* device = bus->device<kvaser::Device>();
  REQUIRE(device);
  CHECK(device->timer_offset() > before - 1h);
  CHECK((time - device->timer_offset()) % 10us == 0ns);  // ticks of 10 us
}

TEST_CASE("kvaser: a full transmit queue is told, and can be emptied", "[kvaser]") {
  StandIn library("kvaser");
  if (!library.obeys()) return;
  library.at_end("full 0 off;hold 0 off");
  auto bus = open_bus(library.config("0"));
  library.control("hold 0 on");
  bus->send(std::vector<Message>(5, standard(1)));
  CHECK_THROWS_WITH(bus->flush(), Contains("kvaser 0: the transmit queue is full"));
  CHECK(bus->discard_unsent() == 5);
  CHECK_NOTHROW(bus->flush());
  library.control("full 0 on");
  CHECK_THROWS_WITH(bus->send(standard(2), 0ns), Contains("no message leaves: is another node"));
}

TEST_CASE("kvaser: the state of the controller is known, told and logged", "[kvaser]") {
  StandIn library("kvaser");
  if (!library.obeys()) return;
  library.at_end("bus_on 0;errors 0 0 0");
  auto bus = open_bus(library.config("0"));
  CHECK(bus->state().controller == ControllerState::error_active);
  CHECK(bus->state().bitrate == 500'000);
  library.control("errors 0 130 7");
  CHECK(bus->state().tx_errors == 130);
  CHECK(bus->state().rx_errors == 7);
  const auto passive = receive(*bus, 1);
  REQUIRE(passive.size() == 1);
  CHECK(error_words(passive[0]).at(0).find("passive") != std::string::npos);
  library.control("bus_off 0");
  wait_for_notice(*bus, "kvaser 0: the controller is bus-off");
  CHECK(bus->state().controller == ControllerState::bus_off);
}

TEST_CASE("kvaser: what CANLIB lost is counted", "[kvaser]") {
  const StandIn library("kvaser");
  if (!library.obeys()) return;
  auto bus = open_bus(library.config("0")), other = open_bus(library.config("0"));
  library.control("overrun 0");
  other->send(standard(1));
  receive(*bus, 1);
  CHECK(soon([&] { return bus->counters().dropped == 1; }));
}

TEST_CASE("kvaser: a device that vanishes ends the bus, or is waited for", "[kvaser]") {
  StandIn library("kvaser");
  if (!library.obeys()) return;
  library.at_end("return 0");
  auto bus = open_bus(library.config("0"));
  auto patient = open_bus(library.config("0", {{"reconnect", "true"}}));
  library.control("vanish 0");
  CHECK_THAT(wait_for_end(*bus), Contains("kvaser 0: can't "));
  CHECK_THROWS_AS(bus->send(standard(1)), Error);
  wait_for_notice(*patient, ", waiting");
  CHECK(patient->state().controller == ControllerState::unknown);
  CHECK_THROWS_WITH(patient->send(standard(1), 0ns), Contains("the device isn't there"));
  CHECK_THROWS_WITH(open_bus(library.config("0")), Contains("kvaser 0: can't "));
  auto waiting = open_bus(library.config("0", {{"wait", "true"}}));
  library.control("return 0");
  wait_for_notice(*patient, "back after");
  wait_for_notice(*waiting, "back after");
  patient->send(standard(1));
  CHECK(receive(*waiting, 1).at(0).id == 1);
}

TEST_CASE("kvaser: one filter is the device's, more are ours", "[kvaser]") {
  StandIn library("kvaser");
  if (!library.obeys()) return;
  library.control("set 0 virtual 0");
  library.at_end("set 0 virtual 1");
  auto bus = open_bus(library.config("0")), other = open_bus(library.config("0"));
  const auto passing = [&](const Filters& filters) {
    const auto calls = library.query("calls canSetAcceptanceFilter");
    bus->set_filters(filters);
    CHECK(soon([&] { return library.query("calls canSetAcceptanceFilter") >= calls + 2; }));
    const std::uint32_t ids[] = {0x123, 0x124, 0x700};
    for (const std::uint32_t id : ids) other->send(standard(id));
    other->send(Message{.id = 0x123, .extended = true});
    std::vector<std::uint32_t> passed;
    for (Message one; bus->receive({&one, 1}, 200ms) == 1;) passed.push_back(one.id);
    return passed;
  };
  using Ids = std::vector<std::uint32_t>;
  CHECK(passing({{.id = 0x123, .mask = 0x7FF, .extended = false}}) == Ids{0x123});
  CHECK(passing({{.id = 0x123, .mask = 0x7FF}, {.id = 0x700, .mask = 0x7FF}}) ==
        Ids{0x123, 0x700, 0x123});
  CHECK(passing({}).size() == 4);
}

TEST_CASE("kvaser: LEDs, where the device has some", "[kvaser]") {
  StandIn library("kvaser");
  if (!library.obeys()) return;
  library.at_end("set 0 virtual 1");
  library.control("set 0 virtual 1");
  CHECK_THROWS_WITH(open_bus(library.config("0", {{"flash", "true"}})),
                    "kvaser 0: can't flash the LEDs: the device can't do that (not implemented) "
                    "(code -32)");
  library.control("set 0 virtual 0");
  const auto calls = library.query("calls kvFlashLeds");
  auto bus = open_bus(library.config("0", {{"flash", "true"}}));
  CHECK(library.query("calls kvFlashLeds") == calls + 1);
  bus->device<kvaser::Device>()->flash(false);
  CHECK(library.query("calls kvFlashLeds") == calls + 2);
  CHECK(bus->device<pcan::Device>() == nullptr);
}

TEST_CASE("kvaser: errors of opening say what to do", "[kvaser]") {
  StandIn library("kvaser");
  try {
    open_bus(library.config("99"));
    FAIL("opened a channel that isn't there");
  } catch (const Error& error) {
    CHECK(error.code() == Errc::not_found);
    CHECK_THAT(error.what(),
               Contains("kvaser 99: can't open the channel: there is no such channel; "
                        "--list-interfaces shows those there are (code -3)"));
  }
  CHECK_THROWS_WITH(open_bus(library.config("x")),
                    "kvaser x: expected a channel number, from 0, got 'x'");
  if (library.is_vendors()) return;
  library.control("fail canOpenChannel -31 1");
  CHECK_THROWS_WITH(open_bus(library.config("0")), Contains("another program has the channel"));
  library.control("fail canOpenChannel -99 1");
  CHECK_THROWS_WITH(open_bus(library.config("0")), Contains("CANLIB's code -99"));
  library.control("fail canBusOn -15 1");
  CHECK_THROWS_WITH(open_bus(library.config("0")), Contains("can't go on the bus: the hardware "
                                                            "failed; plug the device in again"));
}

TEST_CASE("kvaser: every code of CANLIB has words", "[kvaser]") {
  for (int code = -48; code <= -1; ++code) {
    const bool unused = code == -14 || (code <= -20 && code >= -22) || code == -27;
    CAPTURE(code);
    CHECK((kvaser::words_of(code).find("CANLIB's code") == std::string::npos) != unused);
  }
}

TEST_CASE("kvaser: a library without later functions serves, too", "[kvaser]") {
  const StandIn library("kvaser", true);
  auto bus = open_bus(library.config("0")), other = open_bus(library.config("0"));
  other->send(standard(1));
  const auto got = receive(*bus, 1);
  REQUIRE(got.size() == 1);
  CHECK(std::chrono::system_clock::now().time_since_epoch() - got[0].timestamp < 10s);
}

TEST_CASE("kvaser: the default channel", "[kvaser]") {
  const StandIn library("kvaser");
  CHECK(open_bus(library.config(""))->name() == "kvaser 0");
}

TEST_CASE("a vendor's library that isn't there", "[vendor_library]") {
  BusConfig config;
  config.interface = "kvaser";
  config.options["library"] = "/no/such.so";
  CHECK_THROWS_WITH(open_bus(config),
                    Contains("kvaser 0: can't load Kvaser's CANLIB: tried /no/such.so (") &&
                        Contains("install Kvaser's linuxcan") && Contains("-i socketcan"));
  ::setenv("CANSUITE_KVASER_LIBRARY", "/nor/this.so", 1);
  config.options.clear();
  CHECK_THROWS_WITH(open_bus(config), Contains("tried /nor/this.so ("));
  ::unsetenv("CANSUITE_KVASER_LIBRARY");
  config.options["library"] = StandIn("pcan").file();
  CHECK_THROWS_WITH(open_bus(config), Contains("the library has no function canInitializeLibrary; "
                                               "is it Kvaser's CANLIB, and not too old?"));
}
