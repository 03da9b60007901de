// SPDX-License-Identifier: MIT
// Adapters with a CANAL library, on what stands in for one.
#include <catch2/catch.hpp>

#include "cansuite/error_frame.h"
#include "drivers/usb2can/device.h"
#include "drivers/usb2can/frame.h"
#include "tests/support/vendor_bus.h"

using namespace can;
using namespace can::vendor_bus;
using Catch::Contains;

namespace {

constexpr char kSerial[] = "ED000100";

usb2can::Config settings(std::uint32_t bitrate, OptionValues options,
                         std::string channel = kSerial) {
  BusConfig bus;
  bus.interface = "usb2can";
  bus.channel = std::move(channel);
  bus.bitrate = bitrate;
  bus.options = std::move(options);
  return usb2can::make_config(bus);
}

}  // namespace

TEST_CASE("usb2can: the text that opens a device", "[usb2can]") {
  CHECK(settings(0, {}).text == "ED000100;500");
  CHECK(settings(0, {}).flags == 8);
  CHECK(settings(250'000, {{"flags", "0x10"}}).flags == 16);
  CHECK(settings(250'000, {}).text == "ED000100;250");
  CHECK(settings(250'000, {{"serial", "AB000001"}}).text == "AB000001;250");
  CHECK(settings(500'000, {{"sample_point", "0.75"}}).text == "ED000100;0;11;4;2;4");
  CHECK(settings(0, {}, "/dev/ttyUSB0;115200").text == "/dev/ttyUSB0;115200");
  CHECK_THROWS_WITH(settings(2'000'000, {}), Contains("at most 1000000 bit/s, got 2000000 bit/s"));
  CHECK_THROWS_WITH(settings(83'333, {}), Contains("expected whole kbit/s"));
  CHECK_THROWS_WITH(settings(0, {}, ""), "no device; give its serial number by -c");
}

TEST_CASE("usb2can: eight bytes of data in any case, zeros behind the message's", "[usb2can]") {
  Message message{.id = 0x123, .length = 3};
  message.data.fill(0xEE);
  const usb2can::Msg msg = usb2can::encode(message);
  CHECK(msg.length == 3);
  CHECK(std::vector<int>(msg.data, msg.data + 8) ==
        std::vector<int>{0xEE, 0xEE, 0xEE, 0, 0, 0, 0, 0});
  CHECK(msg.flags == 0x80000000);
  CHECK(usb2can::encode({.id = 1, .extended = true, .remote = true}).flags == 0x80000003);
}

TEST_CASE("usb2can: codes of status messages", "[usb2can]") {
  CHECK(error_words(*usb2can::error_frame(0x20)).at(0).find("stuff") != std::string::npos);
  CHECK((usb2can::error_frame(0x23)->id & error_bits::kNoAck) != 0);
  CHECK(usb2can::error_frame(0x27)->data[error_bits::kProtocolPlace] == error_bits::kCrcSequence);
  for (const unsigned long code : {0, 1, 2, 3, 4}) CHECK_FALSE(usb2can::error_frame(code));
}

TEST_CASE("usb2can: each code has words", "[usb2can]") {
  for (int code = 1; code <= 44; ++code) {
    CAPTURE(code);
    CHECK_THAT(usb2can::words_of(code), !Contains("CANAL's code"));
  }
  CHECK(usb2can::words_of(45) == "CANAL's code 45; the device may be gone");
}

TEST_CASE("usb2can: what the library says of itself and its device", "[usb2can]") {
  CHECK(usb2can::version_text(0x000601) == "1.6.0");
  const StandIn library("usb2can");
  auto bus = open_bus(library.config(kSerial)), other = open_bus(library.config(kSerial));
  auto* device = bus->device<usb2can::Device>();
  REQUIRE(device);
  bus->send(standard(1));
  other->send(standard(2));
  receive(*bus, 1);
  CHECK(device->statistics().frames_sent == 1);
  CHECK(device->statistics().frames_received == 1);
  CHECK(device->statistics().bytes_received == 2);
  CHECK((device->status() & 0xE0000000) == 0);
  CHECK_FALSE(device->vendor().empty());
  CHECK_FALSE(device->version().empty());
  CHECK_FALSE(device->library_version().empty());
}

TEST_CASE("usb2can: libraries without waiting calls are polled", "[usb2can]") {
  const StandIn library("usb2can", true);
  auto bus = open_bus(library.config(kSerial)), other = open_bus(library.config(kSerial));
  std::vector<Message> messages;
  for (std::uint32_t id = 0; id < 300; ++id) messages.push_back(standard(id));
  other->send(messages);
  const auto got = receive(*bus, 300);
  REQUIRE(got.size() == 300);
  CHECK(got.back().id == 299);
}

TEST_CASE("usb2can: whatever means that there is no message", "[usb2can]") {
  StandIn library("usb2can");
  if (!library.obeys()) return;
  auto bus = open_bus(library.config(kSerial)), other = open_bus(library.config(kSerial));
  for (const int code : {0, 8, 12, 19, 32}) {
    CAPTURE(code);
    library.control(fmt::format("fail CanalBlockingReceive {} 20", code));
    CHECK(hears_nothing(*bus));
    other->send(standard(1));
    CHECK(receive(*bus, 1).size() == 1);
  }
  other.reset();
  library.control("fail CanalBlockingReceive 37 1");
  CHECK_THAT(wait_for_end(*bus),
             Contains("usb2can ED000100: can't receive: the library can't reach "
                      "the device; it may be gone (code 37)"));
}

TEST_CASE("usb2can: times are this machine's", "[usb2can]") {
  const StandIn library("usb2can");
  auto bus = open_bus(library.config(kSerial)), other = open_bus(library.config(kSerial));
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  other->send(standard(1));
  const auto time = receive(*bus, 1).at(0).timestamp;
  CHECK(time >= before);
  CHECK(time <= std::chrono::system_clock::now().time_since_epoch());
}

TEST_CASE("usb2can: the state of the controller, its errors and losses", "[usb2can]") {
  StandIn library("usb2can");
  if (!library.obeys()) return;
  library.at_end("bus_on 0;errors 0 0 0");
  auto bus = open_bus(library.config(kSerial));
  library.control("error 0 stuff");
  const auto got = receive(*bus, 1);
  REQUIRE(got.size() == 1);
  CHECK((got[0].error && got[0].data[error_bits::kProtocolKind] == error_bits::kStuff));
  library.control("errors 0 130 0");
  wait_for_notice(*bus, "the controller is error-passive");
  library.control("bus_off 0");
  wait_for_notice(*bus, "the controller is bus-off");
  CHECK(bus->state().controller == ControllerState::bus_off);
  library.control("bus_on 0;overrun 0");
  CHECK(soon([&] { return bus->counters().dropped > 0; }));
}

TEST_CASE("usb2can: a full transmit queue is told", "[usb2can]") {
  StandIn library("usb2can");
  if (!library.obeys()) return;
  library.at_end("full 0 off");
  auto bus = open_bus(library.config(kSerial));
  library.control("full 0 on");
  CHECK_THROWS_WITH(bus->send(standard(1), 10ms), Contains("no message leaves: is another node"));
}

TEST_CASE("usb2can: a device that vanishes ends the bus, or is waited for", "[usb2can]") {
  StandIn library("usb2can");
  if (!library.obeys()) return;
  library.at_end("return 0");
  auto bus = open_bus(library.config(kSerial));
  auto patient = open_bus(library.config(kSerial, {{"reconnect", "true"}}));
  library.control("vanish 0");
  CHECK_THAT(wait_for_end(*bus), Contains("usb2can ED000100: can't "));
  wait_for_notice(*patient, ", waiting");
  library.control("return 0");
  wait_for_notice(*patient, "back after");
}

TEST_CASE("usb2can: errors of opening say what to do", "[usb2can]") {
  const StandIn library("usb2can");
  CHECK_THROWS_WITH(
      open_bus(library.config("nowhere")),
      Contains("usb2can nowhere: can't open 'nowhere;500': is the device plugged in"));
  BusConfig config = library.config(kSerial);
  config.fd = true;
  CHECK_THROWS_WITH(open_bus(config), "usb2can ED000100: the interface has no CAN FD");
  config = library.config({}, {{"serial", kSerial}, {"library", ""}, {"dll", library.file()}});
  CHECK(open_bus(config)->name() == "usb2can ED000100");
  config.interface = "canal";
  CHECK(open_bus(config)->name() == "canal ED000100");
}
