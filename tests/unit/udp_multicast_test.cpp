// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "cansuite/interfaces.h"
#include "drivers/udp_multicast/datagram.h"
#include "libcan/model/fail.h"
#include "libcan/model/hex.h"
#include "libcan/platform/descriptor.h"

using namespace can;
using namespace can::udp_multicast;
using namespace std::chrono_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// Bytes written as hexadecimal digits; 'word' stands for a MessagePack text of fewer than 32
/// bytes.
Bytes bytes(std::string_view text) {
  Bytes out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
    } else if (text[at] == '\'') {
      const std::string_view word = text.substr(at + 1, text.find('\'', at + 1) - at - 1);
      out.push_back(static_cast<std::uint8_t>(0xA0 + word.size()));
      out.insert(out.end(), word.begin(), word.end());
      at += word.size() + 2;
    } else {
      out.push_back(static_cast<std::uint8_t>(hex_digit(text[at]) << 4 | hex_digit(text[at + 1])));
      at += 2;
    }
  }
  return out;
}

Bytes encoded(const Message& message) {
  std::array<std::uint8_t, kLongestDatagram> out;
  const std::size_t size = encode(message, out);
  return {out.begin(), out.begin() + static_cast<long>(size)};
}

bool decodes(std::string_view text, Message& out) {
  return Decoder(Channel("group")).decode(bytes(text), out);
}
bool decodes(std::string_view text) {
  Message ignored;
  return decodes(text, ignored);
}

struct Recorded {
  Message message;
  std::string_view datagram;
};

// What python-can 4.1.0 sent for these messages.
const Recorded kRecorded[] = {
    {{.id = 0x123, .length = 4, .data = {1, 2, 3, 4}},
     "8b 'timestamp' cb3ff8000000000000 'arbitration_id' cd0123 'is_extended_id' c2 "
     "'is_remote_frame' c2 'is_error_frame' c2 'channel' c0 'dlc' 04 'data' c40401020304 'is_fd' "
     "c2 'bitrate_switch' c2 'error_state_indicator' c2"},
    {{.id = 0x7F},
     "8b 'timestamp' cb0000000000000000 'arbitration_id' 7f 'is_extended_id' c2 'is_remote_frame' "
     "c2 'is_error_frame' c2 'channel' c0 'dlc' 00 'data' c400 'is_fd' c2 'bitrate_switch' c2 "
     "'error_state_indicator' c2"},
    {{.id = 0xFF},
     "8b 'timestamp' cb0000000000000000 'arbitration_id' ccff 'is_extended_id' c2 "
     "'is_remote_frame' c2 'is_error_frame' c2 'channel' c0 'dlc' 00 'data' c400 'is_fd' c2 "
     "'bitrate_switch' c2 'error_state_indicator' c2"},
    {{.id = 0x100},
     "8b 'timestamp' cb0000000000000000 'arbitration_id' cd0100 'is_extended_id' c2 "
     "'is_remote_frame' c2 'is_error_frame' c2 'channel' c0 'dlc' 00 'data' c400 'is_fd' c2 "
     "'bitrate_switch' c2 'error_state_indicator' c2"},
    {{.id = 0xFFFF, .extended = true},
     "8b 'timestamp' cb0000000000000000 'arbitration_id' cdffff 'is_extended_id' c3 "
     "'is_remote_frame' c2 'is_error_frame' c2 'channel' c0 'dlc' 00 'data' c400 'is_fd' c2 "
     "'bitrate_switch' c2 'error_state_indicator' c2"},
    {{.id = 0x10000, .extended = true},
     "8b 'timestamp' cb0000000000000000 'arbitration_id' ce00010000 'is_extended_id' c3 "
     "'is_remote_frame' c2 'is_error_frame' c2 'channel' c0 'dlc' 00 'data' c400 'is_fd' c2 "
     "'bitrate_switch' c2 'error_state_indicator' c2"},
    {{.id = 0x1FFFFFFF, .extended = true},
     "8b 'timestamp' cb0000000000000000 'arbitration_id' ce1fffffff 'is_extended_id' c3 "
     "'is_remote_frame' c2 'is_error_frame' c2 'channel' c0 'dlc' 00 'data' c400 'is_fd' c2 "
     "'bitrate_switch' c2 'error_state_indicator' c2"},
    {{.id = 0x321, .length = 5, .remote = true},
     "8b 'timestamp' cb0000000000000000 'arbitration_id' cd0321 'is_extended_id' c2 "
     "'is_remote_frame' c3 'is_error_frame' c2 'channel' c0 'dlc' 05 'data' c400 'is_fd' c2 "
     "'bitrate_switch' c2 'error_state_indicator' c2"},
    {{.id = 4, .length = 2, .extended = true, .error = true, .data = {0, 4}},
     "8b 'timestamp' cb0000000000000000 'arbitration_id' 04 'is_extended_id' c3 'is_remote_frame' "
     "c2 'is_error_frame' c3 'channel' c0 'dlc' 02 'data' c4020004 'is_fd' c2 'bitrate_switch' c2 "
     "'error_state_indicator' c2"},
    {{.id = 1, .length = 12, .extended = true, .fd = true},
     "8b 'timestamp' cb0000000000000000 'arbitration_id' 01 'is_extended_id' c3 'is_remote_frame' "
     "c2 'is_error_frame' c2 'channel' c0 'dlc' 0c 'data' c40c000000000000000000000000 'is_fd' c3 "
     "'bitrate_switch' c2 'error_state_indicator' c2"},
    {{.id = 1, .channel = Channel("can0"), .extended = true},
     "8b 'timestamp' cb0000000000000000 'arbitration_id' 01 'is_extended_id' c3 'is_remote_frame' "
     "c2 'is_error_frame' c2 'channel' a463616e30 'dlc' 00 'data' c400 'is_fd' c2 'bitrate_switch' "
     "c2 'error_state_indicator' c2"},
};

constexpr std::string_view kGroup = "239.74.163.2";

/// A bus on loopback, on a port of this process.
BusConfig config_on_loopback() {
  BusConfig config;
  config.interface = "udp_multicast";
  config.channel = kGroup;
  config.options = {{"iface", "lo"}, {"port", std::to_string(40'000 + ::getpid() % 20'000)}};
  return config;
}

/// Some other program on the network: sends any bytes to the group, or to another address.
class Stranger {
 public:
  explicit Stranger(const BusConfig& config, const char* to = kGroup.data()) {
    const ip_mreqn network = {.imr_multiaddr = {},
                              .imr_address = {},
                              .imr_ifindex = static_cast<int>(::if_nametoindex("lo"))};
    REQUIRE(::setsockopt(socket_.get(), IPPROTO_IP, IP_MULTICAST_IF, &network, sizeof network) ==
            0);
    to_.sin_family = AF_INET;
    to_.sin_port = htons(static_cast<std::uint16_t>(std::stoi(config.options.at("port"))));
    REQUIRE(::inet_pton(AF_INET, to, &to_.sin_addr) == 1);
  }

  void send(const Bytes& datagram) {
    REQUIRE(::sendto(socket_.get(), datagram.data(), datagram.size(), 0,
                     reinterpret_cast<const sockaddr*>(&to_),
                     sizeof to_) == static_cast<ssize_t>(datagram.size()));
  }

 private:
  Descriptor socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_in to_{};
};

std::string error_of(BusConfig config) {
  try {
    open_bus(config);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("udp_multicast: datagrams are python-can's, byte for byte") {
  for (Recorded each : kRecorded) {
    CAPTURE(each.datagram);
    if (each.datagram.find("cb3ff8") != each.datagram.npos) each.message.timestamp = 1500ms;
    CHECK(encoded(each.message) == bytes(each.datagram));
    Message decoded;
    REQUIRE(decodes(each.datagram, decoded));
    if (!each.message.channel) each.message.channel = Channel("group");
    decoded.timestamp = each.message.timestamp;
    CHECK(decoded == each.message);
  }
}

TEST_CASE("udp_multicast: the longest datagram has its room") {
  Message longest = {.timestamp = 1'700'000'000'123'456'789ns,
                     .id = 0x1FFFFFFF,
                     .channel = Channel(std::string(64, 'c')),
                     .length = 64,
                     .extended = true,
                     .fd = true};
  CHECK(encoded(longest).size() <= kLongestDatagram);
  Message decoded;
  REQUIRE(Decoder({}).decode(encoded(longest), decoded));
  CHECK(decoded.channel == longest.channel);
}

TEST_CASE("udp_multicast: an error frame is sent so that python-can takes it") {
  Message decoded;
  REQUIRE(Decoder({}).decode(encoded({.id = 0x800, .error = true}), decoded));
  CHECK(decoded.extended);
  CHECK(decoded.error);
}

TEST_CASE("udp_multicast: missing keys have python-can's values") {
  Message m;
  REQUIRE(decodes("80", m));
  CHECK(m == Message{.channel = Channel("group"), .extended = true});
  REQUIRE(decodes("82 'arbitration_id' 07 'data' c402aabb", m));
  CHECK(m == Message{.id = 7,
                     .channel = Channel("group"),
                     .length = 2,
                     .extended = true,
                     .data = {0xAA, 0xBB}});
}

TEST_CASE("udp_multicast: other encoders than python's are understood") {
  const Message want = {.id = 5, .channel = Channel("group"), .length = 2, .data = {1, 0xFF}};
  for (const char* text :
       {"83 'data' c40201ff 'is_extended_id' c2 'arbitration_id' 05",        // other order
        "de0003 'is_extended_id' c2 'arbitration_id' 05 'data' c5000201ff",  // map 16, bin 16
        "df00000003 'is_extended_id' 00 'arbitration_id' cf0000000000000005 'data' c60000000201ff",
        "83 'is_extended_id' c0 'arbitration_id' d300000000 00000005 'data' 9201ccff",  // array
        "84 'is_extended_id' c2 'arbitration_id' d205000000 'arbitration_id' 05 'data' c40201ff",
        "84 'timestamp' ca3fc00000 'is_extended_id' c2 'arbitration_id' 05 'data' dc000201d100ff",
        "85 'new' 93c0 81'a'90 d60102030405 'is_extended_id' c2 'is_rx' c3 'arbitration_id' 05 "
        "'data' "
        "c40201ff"}) {
    CAPTURE(text);
    Message m;
    std::string digits(text);
    CHECK(decodes(digits, m));
    CHECK(m == want);
  }
}

TEST_CASE("udp_multicast: what is no frame is refused") {
  for (const char* text : {
           "",  // nothing
           "c0",
           "05",
           "90",
           "a0",
           "c1",  // no map
           "81",
           "81 'dlc'",
           "81 'data' c405 01",
           "df",     // cut
           "80 00",  // something behind it
           "81 01 02",
           "81 c401 61 02",                           // keys that aren't text
           "81 'arbitration_id' ce20000000",          // 30 bits
           "81 'arbitration_id' cf0000000100000001",  // 33 bits
           "81 'arbitration_id' ff",
           "81 'arbitration_id' d1ffff",                      // negative
           "81 'arbitration_id' ca3f800000",                  // a real
           "82 'arbitration_id' cd0800 'is_extended_id' c2",  // a standard id of 12 bits
           "81 'dlc' 01",                                     // data missing
           "82 'dlc' 03 'data' c4020102",
           "81 'dlc' 41",  // another length
           "81 'data' 'text'",
           "81 'data' 93010203ff",  // no bytes
           "81 'data' 91cd0100",
           "81 'data' 91ff",                                // no bytes
           "81 'data' c409 010203040506070809",             // nine bytes, classic
           "82 'is_fd' c3 'data' c409 010203040506070809",  // nine bytes, FD
           "82 'is_fd' c3 'is_remote_frame' c3",            // a remote frame, FD
           "82 'is_error_frame' c3 'is_remote_frame' c3",   //
           "81 'bitrate_switch' c3",
           "81 'error_state_indicator' c3",
           "82 'is_remote_frame' c3 'dlc' 09",  //
           "81 'is_fd' 'yes'",
           "81 'is_fd' cb3ff0000000000000",  //
       }) {
    CAPTURE(text);
    CHECK_FALSE(decodes(text));
  }
}

TEST_CASE("udp_multicast: hostile counts and depths cost nothing") {
  CHECK_FALSE(decodes("dfffffffff"));
  CHECK_FALSE(decodes("81 'new' ddffffffff"));
  CHECK_FALSE(decodes("81 'new' dfffffffff 00"));
  CHECK_FALSE(decodes("81 'data' ddffffffff"));
  CHECK_FALSE(decodes("81 'data' c6ffffffff"));
  CHECK_FALSE(decodes("81 'channel' dbffffffff"));
  Bytes bomb = bytes("81 'new'");
  bomb.resize(4000, 0x91);
  Message m;
  CHECK_FALSE(Decoder({}).decode(bomb, m));
  bomb.push_back(0xC0);
  CHECK(Decoder({}).decode(bomb, m));  // deep, but whole
}

TEST_CASE("udp_multicast: a datagram cut anywhere is refused, one changed anywhere harmless") {
  const Bytes whole = encoded({.id = 0x1ABCDEF0, .length = 8, .extended = true});
  Message m;
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(Decoder({}).decode(std::span(whole).first(size), m));
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int value = 0; value < 256; ++value) {
      Bytes changed = whole;
      changed[at] = static_cast<std::uint8_t>(value);
      if (Decoder({}).decode(changed, m)) CHECK(why_invalid(m) == nullptr);
    }
}

TEST_CASE("udp_multicast: senders name channels, within bounds") {
  SenderChannels names;
  const Channel otherwise("group");
  CHECK(names.find("can0", otherwise) == Channel("can0"));
  CHECK(names.find("", otherwise) == otherwise);
  CHECK(names.find("a\nb", otherwise) == otherwise);
  CHECK(names.find("\x1b[2J", otherwise) == otherwise);
  CHECK(names.find(std::string(65, 'c'), otherwise) == otherwise);
  CHECK(names.find(std::string(64, 'c'), otherwise) == Channel(std::string(64, 'c')));
  CHECK(names.find("DEL\x7f", otherwise) == otherwise);
  for (int i = 0; i < 62; ++i) {
    const std::string name = "name" + std::to_string(i);
    CHECK(names.find(name, otherwise) == Channel(name));
  }
  CHECK(names.find("one too many", otherwise) == otherwise);
  CHECK(names.find("can0", otherwise) == Channel("can0"));
  Message m;
  REQUIRE(decodes("81 'channel' cd0102", m));
  CHECK(m.channel == Channel("258"));
}

TEST_CASE("udp_multicast: a bad datagram is counted, and the next message arrives") {
  const BusConfig config = config_on_loopback();
  auto bus = open_bus(config);
  Stranger stranger(config);
  Message m;
  stranger.send(bytes("dead"));
  // As long as python-can reads, then a byte longer: nothing of it is taken for a whole.
  Bytes longest = bytes("81 'new' c50ff8");
  longest.resize(4096);
  stranger.send(longest);
  REQUIRE(bus->receive({&m, 1}, 10s) == 1);
  CHECK(bus->counters().malformed == 1);
  longest.push_back(0);
  stranger.send(longest);
  CHECK(bus->receive({&m, 1}, 50ms) == 0);
  CHECK(bus->counters().malformed == 2);
  stranger.send({});
  stranger.send(encoded({.id = 0x42}));
  REQUIRE(bus->receive({&m, 1}, 10s) == 1);
  CHECK(m.id == 0x42);
  CHECK(m.channel == Channel(kGroup));
  CHECK(bus->counters().malformed == 3);
}

TEST_CASE("udp_multicast: a message has the time at which it came, not the sender's") {
  const BusConfig config = config_on_loopback();
  auto bus = open_bus(config);
  const auto now = [] { return std::chrono::system_clock::now().time_since_epoch(); };
  const auto before = now();
  Stranger(config).send(encoded({.timestamp = 5s, .id = 1}));
  const auto sent = now();
  std::this_thread::sleep_for(300ms);  // the kernel's time, not that of receive()
  Message m;
  REQUIRE(bus->receive({&m, 1}, 10s) == 1);
  CHECK(m.timestamp >= before - 1ms);
  CHECK(m.timestamp < sent + 200ms);
}

TEST_CASE("udp_multicast: options at their limits") {
  const BusConfig good = config_on_loopback();
  const auto with = [&](const char* option, const char* value) {
    BusConfig config = good;
    config.options[option] = value;
    return error_of(config);
  };
  for (const char* value : {"0", "255"}) CHECK(with("hop_limit", value) == "no error");
  for (const char* value : {"-1", "256"})
    CHECK_THAT(with("hop_limit", value), Catch::Contains("expected a number from 0 to 255"));
  CHECK_THAT(with("rcvbuf", "0"), Catch::Contains("expected a number from 1 to 1073741824"));
  CHECK_THAT(with("port", "0"), Catch::Contains("expected a number from 1 to 65535"));
}

TEST_CASE("udp_multicast: messages that find no room are counted") {
  BusConfig config = config_on_loopback();
  config.options["rcvbuf"] = "4096";
  auto bus = open_bus(config), sender = open_bus(config);
  const std::vector<Message> many(500, Message{.id = 1, .length = 8});
  sender->send(many);
  std::vector<Message> room(1000);
  std::size_t received = 0;
  while (const std::size_t n = bus->receive(room, 50ms)) received += n;
  CHECK(received < many.size());
  CHECK(bus->counters().dropped == many.size() - received);
  CHECK(sender->counters().dropped == 0);
}

TEST_CASE("udp_multicast: datagrams to the host and other groups' are not heard") {
  const BusConfig config = config_on_loopback();
  auto bus = open_bus(config);
  BusConfig other_config = config;
  other_config.channel = "239.74.163.3";
  auto other = open_bus(other_config);  // now this host has joined that group, too
  Stranger(config, "127.0.0.1").send(encoded({.id = 1}));
  Stranger(config, "239.74.163.3").send(encoded({.id = 2}));
  Message m;
  REQUIRE(other->receive({&m, 1}, 10s) == 1);
  CHECK(m.id == 2);
  CHECK(bus->receive({&m, 1}, 50ms) == 0);
}

TEST_CASE("udp_multicast: a message's channel travels with it") {
  const BusConfig config = config_on_loopback();
  auto sender = open_bus(config), receiver = open_bus(config);
  const Message messages[] = {{.id = 1}, {.id = 2, .channel = Channel("can7")}};
  sender->send(messages);
  std::array<Message, 2> got;
  REQUIRE(receiver->receive(got, 10s) == 2);
  CHECK(got[0].channel == Channel(kGroup));
  CHECK(got[1].channel == Channel("can7"));
}

TEST_CASE("udp_multicast: what was opened is told") {
  const BusConfig config = config_on_loopback();
  auto bus = open_bus(config);
  CHECK(bus->name() == "udp_multicast 239.74.163.2");
  CHECK(bus->details() == "239.74.163.2 port " + config.options.at("port") + ", loopback");
  const auto found = find_driver("udp_multicast")->detect();
  REQUIRE(found.size() == 2);
  CHECK(found[0].channel == "ff15:7079:7468:6f6e:6465:6d6f:6d63:6173");
  CHECK(found[1].channel == kGroup);
}

TEST_CASE("udp_multicast: what can't be opened is told in one line") {
  const BusConfig good = config_on_loopback();
  BusConfig bad = good;
  for (const char* channel : {"can0", "127.0.0.1", "240.0.0.1", "::1", "239.1", "239.1.2.3 "}) {
    bad.channel = channel;
    CHECK_THAT(error_of(bad), Catch::StartsWith("udp_multicast " + bad.channel +
                                                ": expected a multicast address, "));
  }
  bad = good;
  bad.options["iface"] = "nonesuch";
  CHECK(error_of(bad) == "udp_multicast 239.74.163.2: no network interface 'nonesuch'");
  bad = good;
  bad.channel = "ff02::77";
  bad.options.erase("iface");
  CHECK(error_of(bad) == "udp_multicast ff02::77: a link-local group needs the option 'iface'");
  bad = good;
  bad.options["port"] = "65536";
  CHECK(error_of(bad) ==
        "udp_multicast 239.74.163.2: option 'port': expected a number from 1 to 65535, got "
        "'65536'");

  const Descriptor owner(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in any{};
  any.sin_family = AF_INET;
  socklen_t size = sizeof any;
  REQUIRE(::bind(owner.get(), reinterpret_cast<sockaddr*>(&any), size) == 0);
  REQUIRE(::getsockname(owner.get(), reinterpret_cast<sockaddr*>(&any), &size) == 0);
  bad = good;
  bad.options = {{"port", std::to_string(ntohs(any.sin_port))}};
  CHECK(error_of(bad) ==
        "udp_multicast 239.74.163.2: port " + bad.options["port"] + ": address already in use");
}
