// SPDX-License-Identifier: MIT
// What every driver must do. tests/driver_channels.cpp has a row for each of them.

#include <poll.h>

#include <array>
#include <catch2/catch.hpp>
#include <optional>
#include <thread>

#include "cansuite/interfaces.h"
#include "libcan/model/fail.h"
#include "tests/driver_channels.h"
#include "tests/sample.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

/// Of messages that another bus of this machine sent: SocketCAN takes the machine for the node.
bool transmitted_by_others(const BusConfig& config) {
  return channels_of(config.interface)->transmitted_by_others;
}

std::string another_channel(const BusConfig& config) {
  return channels_of(config.interface)->another();
}

/// As open_bus(), each time on a port of its own where the interface needs that.
std::unique_ptr<Bus> open_port(BusConfig config) {
  if (const auto port = channels_of(config.interface)->port) config.channel = port(config.channel);
  return open_bus(config);
}

std::optional<BusConfig> config_for(const Driver& driver) {
  const DriverChannels* channels = channels_of(driver.name);
  return channels ? channels->config() : std::nullopt;
}

template <class Use>
void for_each_driver(Use use) {
  for (const Driver* driver : all_drivers())
    if (const auto config = config_for(*driver)) {
      DYNAMIC_SECTION(driver->name) { use(*config); }
    }
}

/// Frames of all kinds that the interface has; the channel is the driver's business.
std::vector<Message> frames(const BusConfig& config) {
  const DriverChannels& channels = *channels_of(config.interface);
  std::vector<Message> frames = sample(channels.carries);
  if (!channels.esi)
    for (Message& message : frames) message.esi = false;
  return frames;
}

/// Waits for `count` messages, at most ten seconds for each batch.
std::vector<Message> receive(Bus& bus, std::size_t count, std::size_t batch = 100) {
  std::vector<Message> all, some(batch);
  while (all.size() < count) {
    const std::size_t n = bus.receive(some, 10s);
    if (n == 0) break;
    all.insert(all.end(), some.begin(), some.begin() + static_cast<long>(n));
  }
  return all;
}

bool nothing_waits(Bus& bus) {
  Message one;
  return bus.receive({&one, 1}, 50ms) == 0;
}

bool is_readable(const Bus& bus, int timeout_ms) {
  pollfd waiting = {.fd = bus.descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, timeout_ms) == 1;
}

bool is_now(const Message& message) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return message.timestamp <= now && message.timestamp > now - 60s;
}

void check_same_frames(std::span<const Message> got, std::span<const Message> want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    Message expected = want[i];
    expected.timestamp = got[i].timestamp;
    expected.channel = got[i].channel;
    expected.transmitted = got[i].transmitted;
    CAPTURE(i, got[i].id, int{got[i].length}, bool{got[i].transmitted});
    CHECK(got[i] == expected);
  }
}

Message standard(std::uint32_t id) { return {.id = id, .length = 2, .data = {1, 2}}; }
Message extended(std::uint32_t id) { return {.id = id, .length = 1, .extended = true}; }

/// The ids that arrive of a fixed set of messages with the filters.
std::vector<std::uint32_t> ids_passing(const BusConfig& base, std::string_view filters) {
  auto sender = open_port(base);
  BusConfig config = base;
  config.filters = parse_filters(std::array{std::string(filters)});
  auto receiver = open_port(config);
  const Message messages[] = {standard(0x123), standard(0x124), extended(0x123), extended(0x12345),
                              standard(0x700)};
  sender->send(messages);
  std::vector<std::uint32_t> ids;
  Message batch[10];
  while (const std::size_t n = receiver->receive(batch, 300ms))
    for (const Message& m : std::span(batch).first(n)) ids.push_back(m.id);
  return ids;
}

}  // namespace

TEST_CASE("every bus brings all kinds of frames to the others, in order") {
  for_each_driver([](const BusConfig& config) {
    auto sender = open_port(config), near = open_port(config), far = open_port(config);
    const auto messages = frames(config);
    sender->send(messages);
    const auto got = receive(*near, messages.size());
    check_same_frames(got, messages);
    for (const Message& m : got) {
      CHECK(is_now(m));
      CHECK(m.channel);
      CHECK(m.transmitted == transmitted_by_others(config));
    }
    check_same_frames(receive(*far, messages.size(), 1), messages);
    CHECK(near->counters().dropped == 0);
    CHECK(near->counters().malformed == 0);
  });
}

TEST_CASE("every bus takes more messages at once than one batch") {
  for_each_driver([](const BusConfig& config) {
    auto sender = open_port(config), receiver = open_port(config);
    std::vector<Message> messages;
    for (std::uint32_t i = 0; i < 1000; ++i) messages.push_back(standard(i));
    sender->send(messages);
    check_same_frames(receive(*receiver, messages.size(), 300), messages);
  });
}

TEST_CASE("every bus keeps its own messages from itself") {
  for_each_driver([](const BusConfig& config) {
    auto bus = open_port(config), other = open_port(config);
    bus->send(frames(config));
    CHECK_FALSE(is_readable(*bus, 50));
    CHECK(nothing_waits(*bus));
    const Message reply[] = {standard(0x77)};
    other->send(reply);
    const auto got = receive(*bus, 1);
    check_same_frames(got, reply);
    CHECK(bus->counters().dropped == 0);
  });
}

TEST_CASE("every bus gives its own messages back when asked to") {
  for_each_driver([](BusConfig config) {
    auto other = open_port(config);
    config.receive_own_messages = true;
    auto bus = open_port(config);
    const Message own[] = {standard(1), extended(2)}, foreign[] = {standard(3)};
    bus->send(own);
    bus->flush();  // two connections to one server are two ways to it
    other->send(foreign);
    const auto got = receive(*bus, 3);
    REQUIRE(got.size() == 3);
    CHECK(got[0].transmitted);
    CHECK(got[1].transmitted);
    CHECK(got[2].transmitted == transmitted_by_others(config));
    CHECK(got[1].id == 2);
    CHECK(is_now(got[0]));
    CHECK(bus->counters().dropped == 0);
  });
}

TEST_CASE("every bus filters what it receives") {
  using Ids = std::vector<std::uint32_t>;
  for_each_driver([](const BusConfig& config) {
    CHECK(ids_passing(config, "123:7FF") == Ids{0x123, 0x123});
    CHECK(ids_passing(config, "123~7FF") == Ids{0x124, 0x12345, 0x700});
    CHECK(ids_passing(config, "120:7F0 124~7FF") == Ids{0x123, 0x123});
    CHECK(ids_passing(config, "00000123:1FFFFFFF") == Ids{0x123});
    CHECK(ids_passing(config, "700:700").size() == 1);
    CHECK(ids_passing(config, "standard:123:7FF") == Ids{0x123});
    CHECK(ids_passing(config, "123:C00007FF") == Ids{0x123});
    CHECK(ids_passing(config, "remote").empty());
  });
}

TEST_CASE("every bus waits for as long as it is told to") {
  for_each_driver([](const BusConfig& config) {
    auto sender = open_port(config), receiver = open_port(config);
    std::vector<Message> room(4);
    CHECK(receiver->receive(room, 0ns) == 0);
    const auto start = std::chrono::steady_clock::now();
    CHECK(receiver->receive(room, 30ms) == 0);
    CHECK(std::chrono::steady_clock::now() - start >= 30ms);
    std::jthread late([&] {
      std::this_thread::sleep_for(30ms);
      const Message message[] = {standard(5)};
      sender->send(message);
    });
    CHECK(receiver->receive(room, std::chrono::nanoseconds::max()) == 1);
    CHECK(room[0].id == 5);
  });
}

TEST_CASE("every bus has a descriptor that tells when receiving won't wait") {
  for_each_driver([](const BusConfig& config) {
    auto sender = open_port(config), receiver = open_port(config);
    CHECK_FALSE(is_readable(*receiver, 0));
    const Message two[] = {standard(1), standard(2)};
    sender->send(two);
    Message one;
    for (std::uint32_t id : {1, 2}) {
      REQUIRE(is_readable(*receiver, 10'000));
      REQUIRE(receiver->receive({&one, 1}, 0ns) == 1);
      CHECK(one.id == id);
    }
    CHECK_FALSE(is_readable(*receiver, 0));
  });
}

TEST_CASE("every bus sends in one thread while it receives in another") {
  for_each_driver([](const BusConfig& config) {
    constexpr std::uint32_t kCount = 5000, kBurst = 50;
    auto here = open_port(config), there = open_port(config);
    auto send_all = [](Bus& bus) {
      for (std::uint32_t id = 0; id < kCount;) {
        std::array<Message, kBurst> burst;
        for (Message& m : burst) m = extended(id++);
        bus.send(burst);
      }
    };
    auto check_all = [](Bus& bus, bool& in_order) {
      const auto got = receive(bus, kCount);
      in_order = got.size() == kCount;
      for (std::uint32_t id = 0; in_order && id < kCount; ++id) in_order = got[id].id == id;
    };
    bool here_in_order = false, there_in_order = false;
    {
      std::jthread a([&] { send_all(*here); }), b([&] { send_all(*there); });
      std::jthread c([&] { check_all(*here, here_in_order); });
      check_all(*there, there_in_order);
    }
    CHECK(here_in_order);
    CHECK(there_in_order);
    CHECK(here->counters().dropped == 0);
  });
}

TEST_CASE("every bus refuses frames that can't be, and sends those before them") {
  for_each_driver([](const BusConfig& config) {
    auto sender = open_port(config), receiver = open_port(config);
    const Message messages[] = {standard(1), standard(0x800), standard(2)};
    try {
      sender->send(messages);
      FAIL("sent a standard id above 7FF");
    } catch (const Error& error) {
      CHECK(error.code() == Errc::invalid);
      CHECK_THAT(error.what(), Catch::StartsWith(sender->name() + ": can't send id 800: "));
    }
    CHECK(receive(*receiver, 1).size() == 1);
    CHECK(nothing_waits(*receiver));
  });
}

TEST_CASE("every bus tells how many it took where it is not to wait") {
  for_each_driver([](const BusConfig& config) {
    auto sender = open_port(config), receiver = open_port(config);
    CHECK(sender->send_now({}) == 0);
    std::vector<Message> messages(1000, standard(1));
    messages.back() = standard(0x800);
    std::size_t sent = 0;
    while (sent < messages.size() - 1) sent += sender->send_now(std::span(messages).subspan(sent));
    CHECK(sent == messages.size() - 1);
    CHECK_THROWS_AS(sender->send_now(std::span(messages).subspan(sent)), Error);
    CHECK(receive(*receiver, sent).size() == sent);
    CHECK(nothing_waits(*receiver));
  });
}

TEST_CASE("every bus without CAN FD neither sends nor receives it") {
  for_each_driver([](BusConfig config) {
    const bool has_fd = channels_of(config.interface)->carries.fd;
    auto both = open_port(config);
    config.fd = false;
    auto classic = open_port(config);
    const Message messages[] = {{.id = 1, .length = 12, .fd = true}, standard(2)};
    try {
      classic->send(messages);
      FAIL("sent CAN FD");
    } catch (const Error& error) {
      CHECK(error.code() == Errc::unsupported);
    }
    if (!has_fd) return;
    both->send(messages);
    check_same_frames(receive(*classic, 1), std::span(messages).subspan(1));
  });
}

TEST_CASE("every bus hears only its own channel") {
  for_each_driver([](BusConfig config) {
    auto bus = open_port(config);
    config.channel = another_channel(config);
    const Message message[] = {standard(1)};
    open_port(config)->send(message);
    CHECK(nothing_waits(*bus));
  });
}

TEST_CASE("every driver has a row in the table of channels, or needs hardware") {
  for (const Driver* driver : all_drivers()) {
    CAPTURE(driver->name);
    CHECK((channels_of(driver->name) != nullptr) != hardware_only(driver->name));
  }
}

TEST_CASE("every driver refuses a value that its option doesn't take") {
  for (const Driver* driver : all_drivers())
    for (const Option& option : driver->options) {
      if (option.kind == OptionKind::text) continue;
      CAPTURE(driver->name, option.name);
      BusConfig config;
      config.interface = driver->name;
      config.options[std::string(option.name)] = "no such value";
      CHECK_THROWS_WITH(open_bus(config),
                        Catch::Contains(fmt::format("option '{}': expected ", option.name)) &&
                            Catch::Contains("'no such value'"));
    }
}

TEST_CASE("every driver refuses options it doesn't know") {
  for (const Driver* driver : all_drivers()) {
    DYNAMIC_SECTION(driver->name) {
      BusConfig config;
      config.interface = driver->name;
      config.options["colour"] = "red";
      CHECK_THROWS_WITH(open_bus(config), Catch::Contains("has no option 'colour'"));
    }
  }
}

TEST_CASE("an unknown interface suggests the nearest") {
  BusConfig config;
  config.interface = "virtuel";
  CHECK_THROWS_WITH(open_bus(config), "no interface 'virtuel'; did you mean 'virtual'?");
}
