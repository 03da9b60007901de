// SPDX-License-Identifier: MIT
// PEAK's adapters, on what stands in for PCAN-Basic.
#include <catch2/catch.hpp>

#include "cansuite/devices.h"
#include "cansuite/error_frame.h"
#include "drivers/pcan/channels.h"
#include "drivers/pcan/config.h"
#include "drivers/pcan/frame.h"
#include "drivers/pcan/library.h"
#include "tests/support/vendor_bus.h"

using namespace can;
using namespace can::vendor_bus;
using Catch::Contains;

namespace {

constexpr char kFirst[] = "PCAN_USBBUS1", kSecond[] = "PCAN_USBBUS2";

pcan::Config settings(std::uint32_t bitrate, OptionValues options, std::uint32_t data = 0) {
  BusConfig bus;
  bus.interface = "pcan";
  bus.channel = kFirst;
  bus.bitrate = bitrate;
  bus.data_bitrate = data;
  bus.options = std::move(options);
  return pcan::make_config(bus);
}

BusConfig classic(BusConfig config) {
  config.fd = false;
  return config;
}

}  // namespace

TEST_CASE("pcan: channels and their handles", "[pcan]") {
  const std::pair<const char*, int> rows[] = {
      {"PCAN_USBBUS1", 0x51},   {"PCAN_USBBUS8", 0x58},   {"PCAN_USBBUS9", 0x509},
      {"PCAN_USBBUS16", 0x510}, {"PCAN_PCIBUS16", 0x410}, {"PCAN_ISABUS8", 0x28},
      {"PCAN_DNGBUS1", 0x31},   {"PCAN_PCCBUS2", 0x62},   {"PCAN_LANBUS16", 0x810}};
  for (const auto& [name, handle] : rows) {
    CAPTURE(name);
    CHECK(pcan::parse_channel(name) == handle);
    CHECK(pcan::parse_channel(name + 5) == handle);
    CHECK(pcan::channel_name(pcan::parse_channel(name)) == name);
  }
  CHECK(pcan::channel_number("PCAN_USBBUS12") == 12);
  for (const char* name :
       {"PCAN_USBBUS0", "PCAN_USBBUS17", "PCAN_DNGBUS2", "USB1", "PCAN_USBBUS1x"})
    CHECK_THROWS_WITH(pcan::parse_channel(name),
                      Contains("expected a channel such as PCAN_USBBUS1"));
}

TEST_CASE("pcan: bit timing", "[pcan]") {
  CHECK(settings(0, {}).btr == 0x001C);
  CHECK(settings(250'000, {}).btr == 0x011C);
  CHECK(settings(5'000, {}).btr == 0x7F7F);
  CHECK(settings(500'000, {{"sample_point", "0.75"}}).btr != 0x001C);
  CHECK(settings(400'000, {}).btr != 0x001C);  // calculated, not silently 500 kbit/s
  CHECK_THROWS_WITH(settings(3'000'000, {}), Contains("no bit timing within 5 % of 3000000 bit/s"));
  CHECK(settings(0, {{"btr", "031C"}}).btr == 0x031C);
  CHECK_THROWS_WITH(settings(500'000, {{"btr", "031C"}}), Contains("exclude each other"));
  CHECK_THROWS_WITH(settings(0, {{"btr", "31C"}}), Contains("expected 4 hexadecimal digits"));
  CHECK(settings(500'000, {{"data_sample_point", "0.8"}}, 2'000'000).fd_timing ==
        "f_clock=80000000,nom_brp=1,nom_tseg1=139,nom_tseg2=20,nom_sjw=10,"
        "data_brp=1,data_tseg1=31,data_tseg2=8,data_sjw=4");
  const auto given = settings(0,
                              {{"f_clock", "40000000"},
                               {"nom_brp", "10"},
                               {"nom_tseg1", "5"},
                               {"nom_tseg2", "2"},
                               {"nom_sjw", "1"},
                               {"data_brp", "4"},
                               {"data_tseg1", "7"},
                               {"data_tseg2", "2"},
                               {"data_sjw", "1"}},
                              1);
  CHECK(given.fd_timing ==
        "f_clock=40000000,nom_brp=10,nom_tseg1=5,nom_tseg2=2,nom_sjw=1,"
        "data_brp=4,data_tseg1=7,data_tseg2=2,data_sjw=1");
  CHECK(given.bitrate == 500'000);
  CHECK(given.data_bitrate == 1'000'000);
  for (const char* alone : {"nom_brp", "nom_tseg1", "nom_tseg2", "nom_sjw"})
    CHECK_THROWS_WITH(settings(0, {{alone, "10"}}, 1),
                      "options 'nom_brp', 'nom_tseg1', 'nom_tseg2' and 'nom_sjw' need each other");
}

TEST_CASE("pcan: a DLC of CAN FD is a code, one of a classic frame a length", "[pcan]") {
  CHECK(pcan::encode_fd({.id = 1, .length = 64, .fd = true}).dlc == 15);
  CHECK(pcan::encode_fd({.id = 1, .length = 12, .fd = true, .brs = true, .esi = true}).type ==
        0x0C);
  CHECK(pcan::encode({.id = 1, .length = 8}).length == 8);
  Message got;
  pcan::decode(pcan::MsgFd{.id = 1, .type = 0x1C, .dlc = 9, .data = {}}, got);
  CHECK((got.length == 12 && got.fd && got.brs && got.esi));
  pcan::decode(pcan::Msg{.id = 0x123, .type = 0x21, .length = 4, .data = {}}, got);
  CHECK((got.transmitted && got.remote && got.length == 4));
}

TEST_CASE("pcan: error frames have kind, direction, place and counters", "[pcan]") {
  Message got;
  pcan::decode(pcan::Msg{.id = 4, .type = 0x40, .length = 4, .data = {0, 25, 12, 130}}, got);
  CHECK(got.error);
  CHECK(got.data[error_bits::kProtocolKind] == (error_bits::kStuff | error_bits::kTransmitting));
  CHECK(got.data[error_bits::kProtocolPlace] == error_bits::kAckSlot);
  CHECK(got.data[error_bits::kRxErrors] == 12);
  CHECK(got.data[error_bits::kTxErrors] == 130);
}

TEST_CASE("pcan: words for each bit of a status", "[pcan]") {
  CHECK(
      pcan::words_of(0x2C) ==
      "the bus has errors (light); the bus has errors (heavy): is another node there, and the bit "
      "rate right?; there is no message (code 2Ch)");
  CHECK(pcan::words_of(0x1400) ==
        "there is no such channel; --list-interfaces shows those there are (code 1400h)");
  CHECK(pcan::words_of(0x400) == "another program uses the channel (code 400h)");
  CHECK(pcan::words_of(0x1C00) == "there is no such PCAN client (code 1C00h)");
  CHECK_THAT(pcan::words_of(0x1000000), Contains("the device may be gone (code 1000000h)"));
  for (const pcan::Status bit :
       {0x1,     0x2,     0x4,     0x8,     0x10,      0x20,      0x40,     0x80,
        0x100,   0x200,   0x400,   0x800,   0x1800,    0x2000,    0x4000,   0x8000,
        0x10000, 0x20000, 0x40000, 0x80000, 0x2000000, 0x4000000, 0x8000000})
    CHECK_THAT(pcan::words_of(bit), !Contains("may be gone"));
}

TEST_CASE("pcan: classic frames of all kinds", "[pcan]") {
  const StandIn library("pcan");
  auto one = open_bus(classic(library.config(kFirst)));
  auto two = open_bus(classic(library.config(kSecond)));
  const Message sent[] = {standard(0x123),
                          {.id = 0x1ABCDEF0, .length = 8, .extended = true},
                          {.id = 0x7FF, .length = 4, .remote = true}};
  one->send(sent);
  const auto got = receive(*two, 3);
  REQUIRE(got.size() == 3);
  CHECK((got[0].id == 0x123 && !got[0].fd && got[0].data[1] == 2));
  CHECK((got[1].extended && got[1].id == 0x1ABCDEF0));
  CHECK((got[2].remote && got[2].length == 4));
  CHECK(got[0].channel.name() == kSecond);
  CHECK(got[0].channel.number() == 2);
}

TEST_CASE("pcan: times since the epoch are taken as they are, others set against this machine's",
          "[pcan]") {
  const StandIn library("pcan");
  auto one = open_bus(library.config(kFirst)), two = open_bus(classic(library.config(kSecond)));
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  for (const auto& [from, to] : {std::pair(&one, &two), std::pair(&two, &one)}) {
    (*from)->send(standard(1));
    const auto time = receive(**to, 1).at(0).timestamp;
    CHECK(time >= before - 1ms);
    CHECK(time <= std::chrono::system_clock::now().time_since_epoch());
    CHECK(time % 1us == 0ns);  // the device's
  }
}

TEST_CASE("pcan: its status, and an LED", "[pcan]") {
  StandIn library("pcan");
  auto bus = open_bus(library.config(kFirst, {{"flash", "true"}}));
  auto* device = bus->device<pcan::Device>();
  REQUIRE(device);
  CHECK(device->status_is_ok());
  CHECK(bus->state().controller == ControllerState::error_active);
  CHECK_NOTHROW(device->flash(false));
  CHECK_THAT(bus->details(), Contains("500000 bit/s, CAN FD with 500000 bit/s, PCAN-Basic "));
}

TEST_CASE("pcan: the state of the controller is known, told and logged", "[pcan]") {
  StandIn library("pcan");
  if (!library.obeys()) return;
  library.at_end("bus_on 0;errors 0 0 0");
  auto bus = open_bus(library.config(kFirst));
  library.control("errors 0 200 3");
  wait_for_notice(*bus, "pcan PCAN_USBBUS1: the controller is error-passive");
  library.control("bus_off 0");
  wait_for_notice(*bus, "pcan PCAN_USBBUS1: the controller is bus-off");
  CHECK_FALSE(bus->device<pcan::Device>()->status_is_ok());
  CHECK(bus->state().controller == ControllerState::bus_off);
}

TEST_CASE("pcan: error frames of the bus arrive", "[pcan]") {
  StandIn library("pcan");
  if (!library.obeys()) return;
  auto bus = open_bus(library.config(kFirst));
  library.control("error 0 stuff");
  const auto got = receive(*bus, 1);
  REQUIRE(got.size() == 1);
  CHECK((got[0].error && (got[0].data[error_bits::kProtocolKind] & error_bits::kStuff) != 0));
}

TEST_CASE("pcan: what was lost is counted", "[pcan]") {
  const StandIn library("pcan");
  if (!library.obeys()) return;
  auto bus = open_bus(library.config(kFirst));
  library.control("overrun 0");
  CHECK(soon([&] { return bus->counters().dropped == 1; }));
}

TEST_CASE("pcan: a full transmit queue is told", "[pcan]") {
  StandIn library("pcan");
  if (!library.obeys()) return;
  library.at_end("full 0 off");
  auto bus = open_bus(library.config(kFirst));
  library.control("full 0 on");
  CHECK_THROWS_WITH(bus->send(standard(1), 10ms), Contains("no message leaves: is another node"));
  CHECK(bus->discard_unsent() == 0);
}

TEST_CASE("pcan: own messages where the device has no echo", "[pcan]") {
  StandIn library("pcan");
  if (!library.obeys()) return;
  library.control("set 0 echo 0");
  library.at_end("set 0 echo 1");
  BusConfig config = library.config(kFirst);
  config.receive_own_messages = true;
  auto bus = open_bus(config);
  bus->send(standard(5));
  CHECK(receive(*bus, 1).at(0).transmitted);
  CHECK(hears_nothing(*bus));
}

TEST_CASE("pcan: a passive channel listens, and reset after bus off is the device's", "[pcan]") {
  StandIn library("pcan");
  auto passive = open_bus(library.config(kFirst, {{"state", "PASSIVE"}, {"auto_reset", "true"}}));
  auto other = open_bus(library.config(kSecond));
  other->send(standard(1));
  CHECK(receive(*passive, 1).size() == 1);
  CHECK_THROWS_WITH(passive->send(standard(2)), Contains("listen-only (state=PASSIVE)"));
  if (!library.obeys()) return;
  library.control("fail CAN_SetValue 16384 20");
  library.at_end("fail CAN_SetValue 0 0");
  passive.reset();
  CHECK_THROWS_WITH(open_bus(library.config(kFirst, {{"auto_reset", "true"}})),
                    Contains("can't have the channel reset after bus off: the device doesn't have "
                             "this setting (code 4000h)"));
}

TEST_CASE("pcan: one filter is the device's, more are ours", "[pcan]") {
  const StandIn library("pcan");
  auto bus = open_bus(library.config(kFirst)), other = open_bus(library.config(kSecond));
  const auto passing = [&](const Filters& filters) {
    bus->set_filters(filters);
    std::this_thread::sleep_for(50ms);
    for (const std::uint32_t id : {0x1F1u, 0x1F2u, 0x2F1u}) other->send(standard(id));
    other->send(Message{.id = 0x1F1, .extended = true});
    std::vector<std::uint32_t> passed;
    for (Message one; bus->receive({&one, 1}, 200ms) == 1;) passed.push_back(one.id);
    return passed;
  };
  using Ids = std::vector<std::uint32_t>;
  CHECK(passing({{.id = 0x100, .mask = 0x700, .extended = false}}) == Ids{0x1F1, 0x1F2});
  CHECK(passing({{.id = 0x1F1, .mask = 0x1FFFFFFF, .extended = true}}) == Ids{0x1F1});
  CHECK(passing({{.id = 0x1F2, .mask = 0x7FF}, {.id = 0x2F1, .mask = 0x7FF}}) == Ids{0x1F2, 0x2F1});
  CHECK(passing({}).size() == 4);
}

TEST_CASE("pcan: a device by the number stored in it", "[pcan]") {
  StandIn library("pcan");
  if (!library.obeys()) return;
  library.control("set 1 device_id 77");
  auto other = open_bus(library.config(kFirst));
  auto bus = open_bus(library.config({}, {{"device_id", "77"}}));
  CHECK(bus->name() == "pcan device_id=77");
  CHECK_THROWS_WITH(open_bus(library.config(kSecond)),
                    Contains("this program has opened it already"));
  CHECK_THROWS_WITH(open_bus(library.config({}, {{"device_id", "78"}})),
                    Contains("pcan device_id=78: no device has the id 78"));
}

TEST_CASE("pcan: a device that vanishes ends the bus, or is waited for", "[pcan]") {
  StandIn library("pcan");
  if (!library.obeys()) return;
  library.at_end("return 0;return 1");
  auto bus = open_bus(library.config(kFirst));
  auto patient = open_bus(library.config(kSecond, {{"reconnect", "true"}}));
  library.control("vanish 0;vanish 1");
  CHECK_THAT(wait_for_end(*bus), Contains("pcan PCAN_USBBUS1: can't "));
  wait_for_notice(*patient, ", waiting");
  bus.reset();
  CHECK_THROWS_WITH(open_bus(library.config(kFirst)), Contains("pcan PCAN_USBBUS1: can't "));
  library.control("return 0;return 1");
  wait_for_notice(*patient, "back after");
  auto again = open_bus(library.config(kFirst));
  again->send(standard(1));
  CHECK(receive(*patient, 1).at(0).id == 1);
}

TEST_CASE("pcan: errors of opening say what to do", "[pcan]") {
  const StandIn library("pcan");
  CHECK_THROWS_WITH(open_bus(library.config("PCAN_LANBUS16")),
                    Contains("can't open PCAN_LANBUS16: there is no such channel"));
  if (!library.obeys()) return;
  library.control("fail CAN_InitializeFD 512 1");
  CHECK_THROWS_WITH(open_bus(library.config(kFirst)),
                    Contains("PEAK's driver isn't loaded; \"modprobe pcan\" loads it (code 200h)"));
}
