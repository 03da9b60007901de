// SPDX-License-Identifier: MIT
// Several buses as one, and what a client of a server hears of the server's bus.
#include "libcan/flow/bus_group.h"

#include <sys/eventfd.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "libcan/platform/descriptor.h"
#include "tests/running_server.h"

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
    note("flapping: the interface is down, waiting");
    note("flapping: back after 2 s");
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
      return notes_.find(text) != std::string::npos;
    });
  }

 private:
  void listen() {
    for (const std::string& text : bus_.take_notes()) notes_ += text + "\n";
  }
  Bus& bus_;
  std::string notes_;
};

std::unique_ptr<Bus> open_end(const std::string& channel) { return open_bus(virtual_bus(channel)); }

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
  CHECK(listener.was_told("the server is stopping; the other buses go on"));
  send(*end2, 3);
  CHECK(listener.heard(3));
  second.stop();
  Message message;
  CHECK_THROWS_WITH(eventually([&] {
                      return group.receive({&message, 1}, 10ms) == 1;
                    }),
                    Catch::Contains("the server is stopping"));
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
