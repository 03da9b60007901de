// SPDX-License-Identifier: MIT
// Several buses as one, and what a client of a server hears of the server's bus.
#include "libcan/flow/bus_group.h"

#include <sys/eventfd.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "libcan/platform/descriptor.h"
#include "tests/running_server.h"
#include "tests/scripted_bus.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

/// What the tests tell the bus of a server.
struct Script {
  Descriptor news{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::atomic<bool> flaps = false;

  void flap() {
    flaps = true;
    ::eventfd_write(news.get(), 1);
  }
};

/// Its link goes down and comes back.
class FlappingBus final : public Bus {
 public:
  explicit FlappingBus(Script& script) : script_(script) {}
  int descriptor() const override { return script_.news.get(); }
  std::string name() const override { return "flapping"; }

 protected:
  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds) override {
    eventfd_t count;
    ::eventfd_read(script_.news.get(), &count);
    if (!script_.flaps.exchange(false)) return 0;
    add_notice("flapping: the interface is down, waiting");
    add_notice("flapping: back after 2 s");
    out[0] = {.id = 0x77};
    return 1;
  }
  std::size_t send_some(std::span<const Message> messages) override { return messages.size(); }

 private:
  Script& script_;
};

template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(20ms);
  }
  return condition();
}

/// What the bus has said so far, while it receives.
class Listener {
 public:
  explicit Listener(Bus& bus) : bus_(bus) {}
  bool heard(std::uint32_t id) {
    return eventually([&] {
      Message message;
      const bool got = bus_.receive({&message, 1}, 20ms) == 1;
      listen();
      return got && message.id == id;
    });
  }
  bool was_told(std::string_view text) {
    return eventually([&] {
      Message message;
      bus_.receive({&message, 1}, 1ms);
      listen();
      return notices_.find(text) != std::string::npos;
    });
  }

 private:
  void listen() {
    for (const std::string& text : bus_.drain_notices()) notices_ += text + "\n";
  }
  Bus& bus_;
  std::string notices_;
};

std::unique_ptr<Bus> open_end(const std::string& channel) { return open_bus(virtual_bus(channel)); }

/// A group of scripted buses, each with its own channel.
struct Pair {
  ScriptedBus* one = new ScriptedBus("one");
  ScriptedBus* other = new ScriptedBus("other");
  BusGroup group{members()};

  std::vector<BusGroup::Member> members() {
    std::vector<BusGroup::Member> all;
    all.push_back({std::unique_ptr<Bus>(one), Channel("can1")});
    all.push_back({std::unique_ptr<Bus>(other), Channel("can2")});
    return all;
  }
  /// All that comes until nothing does.
  std::vector<Message> receive() {
    std::vector<Message> all, some(100);
    while (const std::size_t count = group.receive(some, 50ms))
      all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
    return all;
  }
};

std::vector<std::uint32_t> ids_of(const std::vector<Message>& messages) {
  std::vector<std::uint32_t> ids;
  for (const Message& message : messages) ids.push_back(message.id);
  return ids;
}

void send(Bus& bus, std::uint32_t id) {
  const Message message = {.id = id};
  bus.send({&message, 1});
}

}  // namespace

TEST_CASE("of several buses one that ends doesn't end the others", "[bus_group]") {
  RunningServer first(virtual_bus("group1")), second(virtual_bus("group2"));
  auto end1 = open_end("group1"), end2 = open_end("group2");
  const BusConfig configs[] = {first.client(), second.client()};
  const auto opened = open_buses(configs);
  Bus& group = *opened;
  Listener listener(group);
  send(*end1, 1);
  CHECK(listener.heard(1));
  send(*end2, 2);
  CHECK(listener.heard(2));
  first.stop();
  CHECK(listener.was_told("the server is stopping; the other buses continue"));
  send(*end2, 3);
  CHECK(listener.heard(3));
  second.stop();
  Message message;
  CHECK_THROWS_WITH(eventually([&] {
                      return group.receive({&message, 1}, 10ms) == 1;
                    }),
                    Catch::Contains("the server is stopping"));
}

TEST_CASE("the messages of several buses come in the order of their times", "[bus_group]") {
  Pair pair;
  pair.one->give(
      {{.timestamp = 1s, .id = 1}, {.timestamp = 3s, .id = 3}, {.timestamp = 4s, .id = 4}});
  pair.other->give({{.timestamp = 2s, .id = 2}, {.timestamp = 5s, .id = 5}});
  CHECK(ids_of(pair.receive()) == std::vector<std::uint32_t>{1, 2, 3, 4, 5});
}

TEST_CASE("what comes just now is held back until no bus can have an earlier one", "[bus_group]") {
  Pair pair;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  pair.one->give({{.timestamp = now + 20ms, .id = 2}});
  Message message;
  CHECK(pair.group.receive({&message, 1}, 0ns) == 0);
  pair.other->give({{.timestamp = now, .id = 1}});
  CHECK(ids_of(pair.receive()) == std::vector<std::uint32_t>{1, 2});
}

TEST_CASE("a bus whose clock is fast is not waited for", "[bus_group]") {
  Pair pair;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  pair.one->give({{.timestamp = now + 1h, .id = 1}});
  Message message;
  CHECK(pair.group.receive({&message, 1}, 0ns) == 1);
}

TEST_CASE("messages without a channel get that of their bus", "[bus_group]") {
  Pair pair;
  pair.one->give({{.timestamp = 1s, .id = 1}, {.timestamp = 2s, .id = 2, .channel = Channel("x")}});
  pair.other->give({{.timestamp = 3s, .id = 3}});
  const auto all = pair.receive();
  REQUIRE(all.size() == 3);
  CHECK(all[0].channel == Channel("can1"));
  CHECK(all[1].channel == Channel("x"));
  CHECK(all[2].channel == Channel("can2"));
}

TEST_CASE("a group has the names, the losses and the notes of all its buses", "[bus_group]") {
  Pair pair;
  CHECK(pair.group.name() == "one, other");
  pair.one->lose(3);
  pair.other->lose(4);
  pair.one->lose_frameless(5);
  pair.other->lose_frameless(6);
  CHECK(pair.group.counters().dropped == 7);
  CHECK(pair.group.counters().malformed == 11);
  pair.one->say("one: down");
  pair.other->say("other: down");
  pair.receive();
  CHECK(pair.group.drain_notices() == std::vector<std::string>{"one: down", "other: down"});
}

TEST_CASE("a bus that fails is told and left out, the last one ends the group", "[bus_group]") {
  Pair pair;
  pair.one->give({{.timestamp = 1s, .id = 1}});
  pair.one->fail_with("one: unplugged");
  CHECK(ids_of(pair.receive()) == std::vector<std::uint32_t>{1});
  CHECK(pair.group.drain_notices() ==
        std::vector<std::string>{"one: unplugged; the other buses continue"});
  pair.other->give({{.timestamp = 2s, .id = 2}});
  pair.other->fail_with("other: unplugged");
  Message messages[4];
  CHECK(pair.group.receive(messages, 1s) == 1);
  CHECK_THROWS_WITH(pair.group.receive(messages, 1s), "other: unplugged");
  CHECK(pair.group.drain_notices().empty());
}

TEST_CASE("nothing can be sent on several buses", "[bus_group]") {
  Pair pair;
  CHECK_THROWS_WITH(pair.group.send({{{.id = 1}}}),
                    "one, other: can't send on several buses at once");
  CHECK(pair.one->sent().empty());
}

TEST_CASE("a flood on one bus hides no other", "[bus_group]") {
  Pair pair;
  pair.one->talk_without_end();
  pair.other->give({{.timestamp = 0s, .id = 0x7FF, .extended = true}});
  std::vector<Message> some(1000);
  CHECK(eventually([&] {
    const std::size_t count = pair.group.receive(some, 10ms);
    return std::any_of(some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count),
                       [](const Message& message) { return message.extended; });
  }));
}

TEST_CASE("the losses of several buses are counted together", "[bus_group]") {
  class LossyBus final : public Bus {
   public:
    int descriptor() const override { return silence_.get(); }
    std::string name() const override { return "lossy"; }
    BusCounters counters() const override { return {.dropped = 3, .malformed = 4}; }

   protected:
    std::size_t receive_any(std::span<Message>, std::chrono::nanoseconds) override { return 0; }
    std::size_t send_some(std::span<const Message>) override { return 0; }

   private:
    const Descriptor silence_{::eventfd(0, EFD_CLOEXEC)};
  };
  const auto lossy = [](const BusConfig&) { return std::make_unique<LossyBus>(); };
  RunningServer first(virtual_bus("l1"), {}, lossy), second(virtual_bus("l2"), {}, lossy);
  const BusConfig configs[] = {first.client(), second.client()};
  const auto opened = open_buses(configs);
  Bus& group = *opened;
  CHECK(eventually([&] {
    Message message;
    group.receive({&message, 1}, 10ms);
    return group.counters().dropped == 6;
  }));
}

TEST_CASE("a client hears what happens to the server's bus, and stays", "[remote]") {
  Script script;
  RunningServer server(virtual_bus("flap"), {},
                       [&](const BusConfig&) { return std::make_unique<FlappingBus>(script); });
  auto client = server.connect();
  Listener listener(*client);
  script.flap();
  CHECK(listener.heard(0x77));
  CHECK(listener.was_told("remote " + server.address() + ": flapping: the interface is down"));
  CHECK(listener.was_told("flapping: back after 2 s"));
  script.flap();
  CHECK(listener.heard(0x77));
}

TEST_CASE("a server that isn't there at first is waited for", "[remote]") {
  BusConfig client;
  {
    RunningServer server(virtual_bus("late"));
    client = server.client();
  }
  CHECK_THROWS_WITH(open_bus(client), Catch::Contains("connection refused"));
  const auto [key, value] = GENERATE(std::pair("wait", "true"), std::pair("reconnect", "60s"));
  client.options[key] = value;
  auto bus = open_bus(client);
  Listener listener(*bus);
  CHECK(listener.was_told("connection refused, waiting"));
  remote::ServerOptions options;
  const auto start = std::chrono::steady_clock::now();
  Message message;
  CHECK(bus->receive({&message, 1}, 0ns) == 0);
  CHECK(std::chrono::steady_clock::now() - start < 500ms);
  options.port =
      static_cast<std::uint16_t>(std::stoi(client.channel.substr(client.channel.find(':') + 1)));
  RunningServer server(virtual_bus("late"), options);
  CHECK(listener.was_told("connection refused; connected after"));
  auto end = open_end("late");
  send(*end, 5);
  CHECK(listener.heard(5));
}

TEST_CASE("a server that isn't there is waited for only so long", "[remote]") {
  BusConfig client;
  {
    RunningServer server(virtual_bus("never"));
    client = server.client();
  }
  client.options["reconnect"] = "100ms";
  auto bus = open_bus(client);
  Message message;
  CHECK_THROWS_WITH(eventually([&] {
                      return bus->receive({&message, 1}, 100ms) == 1;
                    }),
                    Catch::Contains("can't connect: connection refused; not reached"));
}

TEST_CASE("a server that refuses is not waited for", "[remote]") {
  remote::ServerOptions options;
  options.token = "secret";
  RunningServer server(virtual_bus("strict"), options);
  BusConfig client = server.client();
  client.options["wait"] = "true";
  CHECK_THROWS_WITH(open_bus(client), Catch::Contains("wrong token"));
}

TEST_CASE("a server that comes late and refuses is not waited for, either", "[remote]") {
  BusConfig client;
  {
    RunningServer server(virtual_bus("strict"));
    client = server.client();
  }
  client.options["wait"] = "true";
  const auto bus = open_bus(client);
  remote::ServerOptions options;
  options.token = "secret";
  options.port =
      static_cast<std::uint16_t>(std::stoi(client.channel.substr(client.channel.find(':') + 1)));
  RunningServer server(virtual_bus("strict"), options);
  Message message;
  CHECK_THROWS_WITH(eventually([&] {
                      return bus->receive({&message, 1}, 100ms) == 1;
                    }),
                    Catch::Contains("wrong token"));
}
