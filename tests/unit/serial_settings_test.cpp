// SPDX-License-Identifier: MIT
// What the settings of interfaces on a serial line do to the line and the adapter.
#include <asm/termbits.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include <catch2/catch.hpp>

#include "cansuite/interfaces.h"
#include "libcan/platform/descriptor.h"
#include "tests/support/adapter_hub.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

BusConfig config(std::string_view interface, std::string channel, OptionValues options) {
  BusConfig config;
  config.interface = interface;
  config.channel = std::move(channel);
  config.options = std::move(options);
  return config;
}

termios2 settings_of(const std::string& path) {
  const Descriptor line(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios2 settings{};
  REQUIRE(::ioctl(line.get(), TCGETS2, &settings) == 0);
  return settings;
}

/// When two frames that arrive 300 ms apart, and are 100 ms apart by the sender's clock, were sent.
std::chrono::nanoseconds time_between(const OptionValues& options) {
  using namespace std::string_literals;
  AdapterHub hub("serial");
  const std::string path = hub.plug_in();
  auto bus = open_bus(config("serial", path, options));
  Message first, second;
  hub.say("\xaa\x00\x10\x00\x00\x00\x01\x00\x00\x00\xbb"s, path);
  REQUIRE(bus->receive({&first, 1}, 10s) == 1);
  std::this_thread::sleep_for(300ms);
  hub.say("\xaa\x64\x10\x00\x00\x00\x01\x00\x00\x00\xbb"s, path);
  REQUIRE(bus->receive({&second, 1}, 10s) == 1);
  return second.timestamp - first.timestamp;
}

}  // namespace

TEST_CASE("a serial line has the speed and the flow control that are wanted", "[serial_line]") {
  for (const char* interface : {"slcan", "serial", "robotell", "seeed"}) {
    DYNAMIC_SECTION(interface) {
      AdapterHub hub(interface);
      const std::string path = hub.plug_in();
      {
        auto bus = open_bus(config(interface, path, {{"baudrate", "12345"}, {"rtscts", "true"}}));
        const termios2 line = settings_of(path);
        CHECK(line.c_ospeed == 12345);
        CHECK(line.c_ispeed == 12345);
        CHECK((line.c_cflag & CRTSCTS) != 0);
        CHECK((line.c_cflag & (CSIZE | PARENB | CSTOPB)) == CS8);
        CHECK((line.c_lflag & (ICANON | ECHO | ISIG)) == 0);
        CHECK((line.c_iflag & (IXON | ICRNL | INLCR)) == 0);
        CHECK(bus->details().starts_with("12345 baud, RTS/CTS"));
      }
      auto bus = open_bus(config(interface, path + "@57600", {}));
      CHECK(settings_of(path).c_ospeed == 57600);
      CHECK((settings_of(path).c_cflag & CRTSCTS) == 0);
    }
  }
}

TEST_CASE("times of the serial interface are the sender's, or those of this machine",
          "[serial_line]") {
  const auto device = time_between({{"timestamps", "device"}});
  const auto host = time_between({{"timestamps", "host"}});
  CHECK(device >= 100ms);
  CHECK(device < 200ms);
  CHECK(host >= 300ms);
}

TEST_CASE("what Seeed's analyzer is told", "[seeed]") {
  using namespace std::string_literals;
  AdapterHub hub("seeed");
  BusConfig wanted =
      config("seeed", hub.plug_in(), {{"frame_type", "ext"}, {"operation_mode", "silent"}});
  wanted.bitrate = 250'000;
  auto bus = open_bus(wanted);
  CHECK(hub.heard().starts_with("\xaa\x55\x12\x05\x02\0\0\0\0\0\0\0\0\x02\x01\0\0\0\0\x1c"s));
  CHECK(bus->details() == "2000000 baud, 250000 bit/s, silent");
  const Message message[] = {{.id = 1, .length = 0}};
  CHECK_THROWS_WITH(bus->send(message),
                    bus->name() + ": can't send id 1: the channel is listen-only");
}

TEST_CASE("an interface on a serial line asks for its channel", "[serial_line]") {
  for (const char* interface : {"slcan", "serial", "robotell", "seeed"})
    CHECK_THROWS_WITH(open_bus(config(interface, "", {})),
                      interface + std::string(": no serial device; give one by -c, such as -c "
                                              "/dev/ttyUSB0"));
}
