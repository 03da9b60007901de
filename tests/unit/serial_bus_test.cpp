// SPDX-License-Identifier: MIT
// Buses on a serial line, with emulated adapters on pseudo-terminals and over TCP.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "cansuite/error_frame.h"
#include "cansuite/interfaces.h"
#include "drivers/support/device_clock.h"
#include "drivers/support/message_queue.h"
#include "drivers/support/serial_address.h"
#include "libcan/model/fail.h"
#include "tests/support/adapter_hub.h"
#include "tests/temporary_folder.h"

using namespace can;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

std::filesystem::path operator/(const TemporaryFolder& folder, std::string_view name) {
  return std::filesystem::path(folder.path()) / name;
}

BusConfig config(std::string_view interface, std::string channel, OptionValues options = {}) {
  BusConfig config;
  config.interface = interface;
  config.channel = std::move(channel);
  config.options = std::move(options);
  return config;
}

std::unique_ptr<Bus> open_slcan(const std::string& channel, OptionValues options = {}) {
  return open_bus(config("slcan", channel, std::move(options)));
}

Message standard(std::uint32_t id) { return {.id = id, .length = 2, .data = {1, 2}}; }

std::vector<Message> receive(Bus& bus, std::size_t count) {
  std::vector<Message> all;
  for (Message one; all.size() < count && bus.receive({&one, 1}, 10s) == 1;) all.push_back(one);
  return all;
}

/// Waits until it has said that; what it said meanwhile.
std::vector<std::string> notices_until(Bus& bus, std::string_view text) {
  std::vector<std::string> all;
  for (int round = 0; round < 500; ++round) {
    Message ignored[16];
    bus.receive(ignored, 20ms);
    for (const std::string& notice : bus.drain_notices()) all.push_back(notice);
    for (const std::string& notice : all)
      if (notice.find(text) != notice.npos) return all;
  }
  FAIL("never said: " << text);
  return all;
}

bool hears(const AdapterHub& hub, std::string_view text) {
  for (int round = 0; round < 500; ++round, std::this_thread::sleep_for(10ms))
    if (hub.heard().find(text) != std::string::npos) return true;
  return false;
}

/// A name for a terminal, as udev makes them for USB devices.
struct Link {
  explicit Link(const std::string& target) { set(target); }
  void set(const std::string& target) {
    std::filesystem::remove(path);
    if (!target.empty()) std::filesystem::create_symlink(target, path);
  }
  TemporaryFolder folder;
  const std::string path = folder / "adapter";
};

}  // namespace

TEST_CASE("where a serial line is", "[serial_line]") {
  auto address = parse_serial_address("/dev/ttyUSB0", {});
  CHECK(address.device == "/dev/ttyUSB0");
  CHECK(address.settings.baudrate == 115'200);
  address = parse_serial_address("/dev/ttyUSB0@2000000", {.baudrate = 9600, .rtscts = true});
  CHECK(address.device == "/dev/ttyUSB0");
  CHECK(address.settings.baudrate == 2'000'000);
  CHECK(address.settings.rtscts);
  CHECK(parse_serial_address("/dev/a@b/c", {}).device == "/dev/a@b/c");
  address = parse_serial_address("tcp://[::1]:3333", {});
  REQUIRE(address.server);
  CHECK(address.server->host == "::1");
  CHECK(address.server->port == 3333);
  for (const char* text : {"", "/dev/ttyUSB0@", "/dev/ttyUSB0@x", "/dev/ttyUSB0@0", "@115200",
                           "tcp://host", "tcp://", "/dev/ttyUSB0@99999999999"})
    CHECK_THROWS_AS(parse_serial_address(text, {}), Error);
  CHECK(serial_channel_number("/dev/ttyUSB1@500000") == 2);
  CHECK(serial_channel_number("tcp://host:4711") == 0);
}

TEST_CASE("serial devices, as the system describes them", "[serial_line]") {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const auto write = [&](const std::string& path, const std::string& text) {
    fs::create_directories((folder / path).parent_path());
    std::ofstream(folder / path) << text << '\n';
  };
  const auto usb = std::string("sys/devices/1-1");
  for (const char* name : {"dev/ttyUSB0", "dev/ttyS0", "dev/ttyS1", "dev/tty1"}) write(name, "");
  write(usb + "/idVendor", "0403");
  write(usb + "/manufacturer", "LAWICEL");
  write(usb + "/product", "CANUSB\x1b");
  write(usb + "/serial", "LW1234");
  fs::create_directories(folder / (usb + "/1-1:1.0/ttyUSB0"));
  for (const char* name : {"ttyUSB0", "ttyS0", "ttyS1", "tty1", "ttyGONE"})
    fs::create_directories(folder / "sys/class/tty" / name);
  fs::create_directory_symlink(folder / (usb + "/1-1:1.0/ttyUSB0"),
                               folder / "sys/class/tty/ttyUSB0/device");
  for (const char* name : {"ttyS0", "ttyS1", "ttyGONE"})
    fs::create_directories(folder / "sys/class/tty" / name / "device");
  write("sys/class/tty/ttyS0/type", "4");
  write("sys/class/tty/ttyS1/type", "0");
  const auto found = find_serial_devices(folder / "sys", folder / "dev");
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == folder / "dev/ttyS0");
  CHECK(found[0].description.empty());
  CHECK(found[1].path == folder / "dev/ttyUSB0");
  CHECK(found[1].description == "LAWICEL CANUSB, serial number LW1234");

  fs::create_directories(folder / "by-id");
  fs::create_symlink("../dev/ttyUSB0", folder / "by-id/usb-LAWICEL");
  const std::string by_id = folder / "by-id";
  CHECK(stable_path(folder / "dev/ttyUSB0", by_id) == by_id + "/usb-LAWICEL");
  CHECK(stable_path(folder / "dev/ttyS0", by_id) == folder / "dev/ttyS0");
  CHECK(stable_path(by_id + "/usb-LAWICEL", by_id) == by_id + "/usb-LAWICEL");
}

TEST_CASE("a device's counter becomes a time of this machine", "[serial_line]") {
  DeviceClock clock(60s);
  const auto at = [&](std::chrono::nanoseconds counter, std::chrono::nanoseconds arrival) {
    return clock.time_of(counter, 1'000'000s + arrival) - 1'000'000s;
  };
  CHECK(at(59s, 10ms) == 10ms);
  CHECK(at(59s + 500ms, 515ms) >= 510ms);  // the way took longer: not the clock
  CHECK(at(59s + 500ms, 515ms) < 511ms);
  const auto wrapped = at(500ms, 1810ms);  // a second on, over the wrap, and late
  CHECK(wrapped >= 1505ms);
  CHECK(wrapped < 1520ms);
  CHECK(at(30s, 5 * 60s + 31s + 10ms) <= 5 * 60s + 31s + 10ms);  // after five silent periods
  CHECK(at(31s, 5 * 60s + 32s) >= 5 * 60s + 32s - 1s);
  CHECK(at(0s, 6 * 60s) == 6 * 60s);               // set anew, by more than a delay may be
  CHECK(at(40s, 6 * 60s + 39s) <= 6 * 60s + 39s);  // a clock that runs ahead
}

TEST_CASE("every bus on a serial line goes on where its device comes back", "[serial_line]") {
  for (const char* interface : {"slcan", "serial", "robotell", "seeed"}) {
    DYNAMIC_SECTION(interface) {
      AdapterHub hub(interface);
      const std::string first = hub.plug_in();
      Link link(first);
      auto other = open_bus(config(interface, hub.tcp_channel()));
      auto bus = open_bus(config(interface, link.path, {{"reconnect", "true"}}));
      const Message before[] = {standard(1)}, after[] = {standard(2)};
      other->send(before);
      CHECK(receive(*bus, 1).size() == 1);
      link.set("");
      hub.unplug(first);
      const auto lost = notices_until(*bus, "waiting");
      CHECK(lost == std::vector<std::string>{bus->name() + ": the device is gone, waiting"});
      link.set(hub.plug_in());
      CHECK(notices_until(*bus, "back after").size() == 1);
      other->send(after);
      const auto got = receive(*bus, 1);
      REQUIRE(got.size() == 1);
      CHECK(got[0].id == 2);
      bus->send(before);
      CHECK(receive(*other, 1).size() == 1);
    }
  }
}

TEST_CASE("messages that a lost device did not take are told", "[serial_line]") {
  AdapterHub hub("serial");
  const std::string first = hub.plug_in();
  Link link(first);
  auto bus = open_bus(config("serial", link.path, {{"reconnect", "true"}}));
  hub.stop_reading(true);
  const std::vector<Message> many(64, standard(1));
  while (bus->send_now(many) > 0) continue;
  link.set("");
  hub.unplug(first);
  notices_until(*bus, "waiting");
  CHECK_THROWS_WITH(bus->send(many),
                    Contains("the device was lost before it took them: ") && Contains("not sent"));
  hub.stop_reading(false);
  link.set(hub.plug_in());
  notices_until(*bus, "back after");
  CHECK_NOTHROW(bus->send(many));
  CHECK_NOTHROW(bus->flush());
}

TEST_CASE("a full queue of received messages drops the newest, and counts them", "[serial_line]") {
  MessageQueue queue;
  std::vector<Message> many(99'999, standard(1));
  queue.push(many);
  many.resize(3, standard(2));
  std::ranges::fill(many, standard(2));
  queue.push(std::span(many).first(3));
  CHECK(queue.dropped() == 2);
  std::vector<Message> room(100'001);
  CHECK(queue.pop(std::span(room).first(99'999)) == 99'999);
  queue.push(std::span(many).first(2));
  CHECK(queue.dropped() == 2);
  REQUIRE(queue.pop(room) == 3);
  CHECK((room[0].id == 2 && room[2].id == 2));
  CHECK(queue.pop(room) == 0);
}

TEST_CASE("a bus on a serial line ends with its device where nobody wants to wait",
          "[serial_line]") {
  AdapterHub hub("slcan");
  const std::string path = hub.plug_in();
  auto bus = open_slcan(path);
  hub.unplug(path);
  Message one;
  CHECK_THROWS_WITH(bus->receive({&one, 1}, 10s), "slcan " + path + ": the device is gone");
  const Message message[] = {standard(1)};
  CHECK_THROWS_WITH(bus->send(message), "slcan " + path + ": the device is gone");
}

TEST_CASE("a bus on a serial line waits for its device where it is told to", "[serial_line]") {
  AdapterHub hub("slcan");
  Link link("");
  CHECK_THROWS_WITH(open_slcan(link.path), Contains("no such device"));
  auto bus = open_slcan(link.path, {{"wait", "true"}});
  notices_until(*bus, "no such device; --list-interfaces shows those there are, waiting");
  link.set(hub.plug_in());
  notices_until(*bus, "back after");
  auto other = open_slcan(hub.tcp_channel());
  const Message message[] = {standard(1)};
  other->send(message);
  CHECK(receive(*bus, 1).size() == 1);
}

TEST_CASE("a serial device is for one program", "[serial_line]") {
  AdapterHub hub("slcan");
  const std::string path = hub.plug_in();
  {
    auto bus = open_slcan(path);
    CHECK_THROWS_WITH(open_slcan(path), Contains("another program is using the device"));
  }
  CHECK_NOTHROW(open_slcan(path));
  const TemporaryFolder folder;
  std::ofstream(folder / "file") << "x";
  CHECK_THROWS_WITH(open_slcan(folder / "file"), Contains("no serial device"));
}

TEST_CASE("each way an adapter misbehaves has its words, and takes no time", "[slcan]") {
  struct Row {
    const char *traits, *says;
  };
  const Row row =
      GENERATE(Row{"silent", "the adapter doesn't answer; is it an slcan adapter"},
               Row{"refuses", "the adapter refuses the bit rate of 500000 bit/s (S6)"},
               Row{"no_rate", "the adapter refuses the bit rate of 500000 bit/s (S6)"},
               Row{"no_open", "the adapter refuses to open the channel (O)"},
               Row{"noise", "what the adapter sends is no slcan; is the baud rate right?"},
               Row{"endless", "what the adapter sends is no slcan; is the baud rate right?"},
               Row{"half", "the adapter doesn't answer; is it an slcan adapter"});
  CAPTURE(row.traits);
  AdapterHub hub(std::string("slcan:") + row.traits);
  BusConfig bus = config("slcan", hub.plug_in());
  bus.bitrate = 500'000;
  CHECK_THROWS_WITH(open_bus(bus),
                    Catch::StartsWith("slcan " + bus.channel + ": ") && Contains(row.says));
}

TEST_CASE("an adapter that refuses to send makes sending fail", "[slcan]") {
  const auto [traits, says] = GENERATE(
      std::pair("slcan:no_tx", ": the adapter refused it (BELL): 1 message was not sent"),
      std::pair("slcan:mute_tx", ": the adapter didn't confirm it: 1 message was not sent"));
  AdapterHub hub(traits);
  auto bus = open_slcan(hub.plug_in());
  const Message message[] = {standard(1)};
  bus->send(message);
  CHECK_THROWS_WITH(bus->flush(), bus->name() + says);
  CHECK_NOTHROW(bus->flush());  // told once
}

TEST_CASE("answers that come twice don't confuse", "[slcan]") {
  AdapterHub hub("slcan:twice");
  auto bus = open_slcan(hub.plug_in()), other = open_slcan(hub.tcp_channel());
  const std::vector<Message> messages(100, standard(1));
  bus->send(messages);
  bus->flush();
  CHECK(receive(*other, messages.size()).size() == messages.size());
}

TEST_CASE("what an adapter is told when it is opened and closed", "[slcan]") {
  const auto said = [](const std::string& kind, BusConfig bus) {
    AdapterHub hub(kind);
    bus.channel = hub.plug_in();
    open_bus(bus);
    std::string heard;
    for (int round = 0; round < 200 && (heard != hub.heard() || heard.empty()); ++round) {
      heard = hub.heard();
      std::this_thread::sleep_for(50ms);
    }
    std::ranges::replace(heard, '\r', ' ');
    return heard;
  };
  BusConfig bus = config("slcan", "", {{"status_interval", "0"}});
  CHECK(said("slcan", bus) == " C V N O C ");
  bus.bitrate = 500'000;
  CHECK(said("slcan:strict", bus) == " C V N S6 O C ");
  bus.options["listen_only"] = "true";
  CHECK(said("slcan", bus) == " C V N S6 L C ");
  CHECK(said("slcan:canable", bus) == " C V S6 M1 O C M0 ");
  bus.options = {{"status_interval", "0"}, {"s7", "750000"}, {"timestamps", "device"}};
  bus.bitrate = 750'000;
  CHECK(said("slcan", bus) == " C V N S7 Z1 O C ");
  bus.options["answers"] = "no";
  bus.data_bitrate = 2'000'000;
  CHECK(said("slcan:fd", bus) == " C S7 Y2 Z1 O C ");
  bus = config("slcan", "", {{"status_interval", "0"}, {"btr", "031C"}});
  bus.filters = parse_filters(std::array{std::string("standard:123:7FF")});
  CHECK(said("slcan", bus) == " C V N s031C M24602460 m001F001F O C ");
  CHECK(said("slcan:canable", bus) == " C V s031C O C ");
  AdapterHub hub("slcan");
  const auto asking = open_slcan(hub.plug_in());
  CHECK(hears(hub, "\rC\rV\rN\rO\rF\r"));
}

TEST_CASE("settings that slcan has no command for", "[slcan]") {
  BusConfig bus = config("slcan", "/dev/null");
  bus.bitrate = 750'000;
  CHECK_THROWS_WITH(open_bus(bus), Contains("no code for 750000 bit/s") && Contains("s7=750000"));
  bus.bitrate = 500'000;
  bus.options["btr"] = "031C";
  CHECK_THROWS_WITH(open_bus(bus), Contains("exclude each other"));
  bus.bitrate = 0;
  bus.options["btr"] = "31C";
  CHECK_THROWS_WITH(open_bus(bus), Contains("expected 4 hexadecimal digits, got '31C'"));
  bus = config("slcan", "/dev/null");
  bus.data_bitrate = 2'500'000;
  CHECK_THROWS_WITH(open_bus(bus), Contains("no code for a data bit rate of 2500000 bit/s"));
}

TEST_CASE("what an adapter says of itself and of the bus", "[slcan]") {
  AdapterHub hub("slcan");
  BusConfig wanted = config("slcan", hub.plug_in(), {{"status_interval", "50ms"}});
  wanted.bitrate = 500'000;
  auto bus = open_bus(wanted);
  CHECK(bus->details() ==
        "115200 baud, version 1013, serial number A123, 500000 bit/s, error-active");
  hub.control("flags 24");
  const auto got = receive(*bus, 1);
  REQUIRE(got.size() == 1);
  CHECK(error_words(got[0]) ==
        std::vector<std::string>{"controller problem: receive error warning, transmit error "
                                 "warning, receive error passive, transmit error passive"});
  notices_until(*bus, bus->name() + ": the controller is error-passive");
  CHECK_THAT(bus->details(), Contains("error-passive"));
  CHECK(bus->state() == BusState{.controller = ControllerState::error_passive, .bitrate = 500'000});
  hub.control("flags 0");
  notices_until(*bus, bus->name() + ": the controller is error-active");
  hub.say("sw097003\r");
  notices_until(*bus, bus->name() + ": the controller is error-warning");
  CHECK(bus->state() == BusState{.controller = ControllerState::error_warning,
                                 .tx_errors = 3,
                                 .rx_errors = 97,
                                 .bitrate = 500'000});
  hub.say("sb000255\r");
  notices_until(*bus, bus->name() + ": the controller is bus-off");
}

TEST_CASE("times of an slcan adapter's clock", "[slcan]") {
  AdapterHub hub("slcan");
  const std::string path = hub.plug_in();
  auto bus = open_slcan(path, {{"timestamps", "device"}});
  CHECK_THAT(bus->details(), Contains("the adapter's timestamps"));
  hub.say("t1000EA5F\rt101000C7\rt1020012B\r", path);
  const auto got = receive(*bus, 3);
  REQUIRE(got.size() == 3);
  // Just before the wrap, 200 ms and 300 ms behind it, all of which arrive at once.
  CHECK(got[2].timestamp - got[1].timestamp <= 100ms);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  for (const Message& m : got) CHECK((m.timestamp <= now && m.timestamp > now - 2s));
}

TEST_CASE("garbage on a line of slcan costs the line it stands in", "[slcan]") {
  AdapterHub hub("slcan");
  const std::string path = hub.plug_in();
  auto bus = open_slcan(path, {{"status_interval", "0"}});  // whose answer would stand between
  hub.say("\xff\xfe\x80junk\rt1230\r" + std::string(5000, 'x') + "\rt1240\rt12\x01\r\a\a\rt1250\r",
          path);
  const auto got = receive(*bus, 3);
  REQUIRE(got.size() == 3);
  CHECK(got[0].id == 0x123);
  CHECK(got[1].id == 0x124);
  CHECK(got[2].id == 0x125);
  CHECK(bus->counters().malformed == 3);
  hub.say("t4563", path);  // in two parts
  std::this_thread::sleep_for(300ms);
  hub.say("010203\r", path);
  CHECK(receive(*bus, 1).size() == 1);
}

TEST_CASE("garbage on a line of packets is passed over", "[serial_line]") {
  struct Row {
    const char* interface;
    std::string bytes;  // two frames with the ids 1 and 2 in garbage, the last cut
  };
  using namespace std::string_literals;
  const Row rows[] = {
      {"serial",
       "\x00\xff\xaa\x01\xaa\x00\x00\x00\x00\x00\x01\x00\x00\x00\xbb"
       "\xaa\x00\x00\x00\x00\x09\xaa\x00\x00\x00\x00\x00\x02\x00\x00\x00\xbb\xaa\x01"s},
      {"seeed", "\x00\xaa\xaa\xc0\x01\x00\x55\xaa\x80\xff\xaa\xc0\x02\x00\x55\xaa\xc8"s},
      {"robotell",
       "\x00\xaa\xaa\xaa\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x55"
       "\x55"
       "\xaa\xaa\x55\x55\xaa\xaa\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
       "\x02\x55\x55\xaa"s}};
  for (const Row& row : rows) {
    DYNAMIC_SECTION(row.interface) {
      AdapterHub hub(row.interface);
      const std::string path = hub.plug_in();
      auto bus = open_bus(config(row.interface, path));
      hub.say(row.bytes, path);
      const auto got = receive(*bus, 2);
      REQUIRE(got.size() == 2);
      CHECK(got[0].id == 1);
      CHECK(got[1].id == 2);
      CHECK(bus->counters().malformed >= 1);
    }
  }
}

TEST_CASE("closing ends in time and leaves the adapter closed", "[serial_line]") {
  AdapterHub hub("slcan");
  auto bus = open_slcan(hub.plug_in());
  hub.stop_reading(true);
  try {
    const std::vector<Message> messages(5000, standard(1));
    bus->send(messages);
    FAIL("sent what nobody takes");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), Catch::StartsWith(bus->name()));
  }
  const auto start = std::chrono::steady_clock::now();
  bus.reset();
  CHECK(std::chrono::steady_clock::now() - start < 1s);
  auto other = open_slcan(hub.tcp_channel(), {{"answers", "no"}});
  hub.stop_reading(false);
  other.reset();
  CHECK(hears(hub, "O\rC\r"));
}

TEST_CASE("a TCP line that breaks is connected again", "[serial_line]") {
  auto hub = std::make_unique<AdapterHub>("serial");
  auto bus = open_bus(config("serial", hub->tcp_channel()));
  CHECK(bus->details() == "TCP");
  hub.reset();
  Message one;
  CHECK_THROWS_WITH(bus->receive({&one, 1}, 10s), Contains("connection"));
  CHECK_THROWS_WITH(open_bus(config("serial", bus->name().substr(7))),
                    Contains("can't connect: connection refused"));
}

TEST_CASE("an adapter that is open gets other filters", "[slcan]") {
  AdapterHub hub("slcan");
  auto bus = open_slcan(hub.plug_in());
  bus->set_filters(parse_filters(std::array{std::string("standard:123:7FF")}));
  REQUIRE(hears(hub, "N\rM24602460\rm001F001F\rO\r"));
  auto other = open_slcan(hub.tcp_channel());  // its commands would stand between those
  const Message messages[] = {standard(0x124), standard(0x123)};
  other->send(messages);
  auto got = receive(*bus, 1);
  REQUIRE(got.size() == 1);
  CHECK(got[0].id == 0x123);
  bus->set_filters({});
  REQUIRE(hears(hub, "N\rM00000000\rmFFFFFFFF\rO\r"));
  bus->send(messages);
  CHECK(receive(*other, 2).size() == 2);
}
