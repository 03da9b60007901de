// SPDX-License-Identifier: MIT
// The interface remote against servers that a test plays itself.

#include <atomic>
#include <catch2/catch.hpp>

#include "libcan/model/fail.h"
#include "libcan/net/address.h"
#include "libcan/remote/protocol.h"
#include "tests/remote_peers.h"
#include "tests/running_server.h"

using namespace can;
using namespace can::remote;
using namespace std::chrono_literals;

namespace {

const Bytes kOwnAnswer = {2, 1, 'x', 0x22, 0};  // of a server of version 64, to the next
constexpr std::size_t kOwnHello = 15;           // bytes, without token and filters
constexpr std::size_t kFrame = 16;              // bytes, without data

Bytes frame_of(std::uint32_t id, std::uint8_t channel = 0) {
  std::array<std::uint8_t, kLongestFrame> out{};
  const Message message = {.id = id, .extended = id > kStandardIdMask};
  const std::size_t size = encode_message(Version::own, message, channel, out);
  return {out.begin(), out.begin() + static_cast<long>(size)};
}

Bytes lost(std::uint8_t count) { return {0x26, 0, 0, 0, 0, 0, 0, 0, count}; }

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Opens a bus while `serve` answers the connection on another thread.
template <class Serve>
std::unique_ptr<Bus> open_served(FakeServer& server, const BusConfig& config, std::jthread& thread,
                                 Serve serve) {
  thread = std::jthread([&server, serve = std::move(serve)] { serve(server.accept()); });
  return open_bus(config);
}

Message next(Bus& bus) {
  Message message;
  REQUIRE(bus.receive({&message, 1}, 10s) == 1);
  return message;
}

std::string error_of_receiving(Bus& bus) {
  Message message;
  try {
    for (int i = 0; i < 10; ++i) bus.receive({&message, 1}, 10s);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("remote client: what comes while it only sends is kept up to a limit, and counted",
          "[remote]") {
  constexpr std::size_t kKept = 100'000, kTooMany = 50;
  FakeServer server;
  std::jthread thread;
  auto bus = open_served(server, server.client(), thread, [](RawPeer peer) {
    peer.receive(kOwnHello);
    Bytes all = kOwnAnswer;
    for (std::uint32_t i = 0; i < kKept + kTooMany; ++i) {
      const Bytes frame = frame_of(i);
      all.insert(all.end(), frame.begin(), frame.end());
    }
    peer.send(all);
    peer.receive(SIZE_MAX);
  });
  const Message message[] = {{.id = 1}};
  CHECK(eventually([&] {
    bus->send(message);
    return bus->counters().dropped > 0;
  }));
  bus->send(message);
  CHECK(eventually([&] {
    bus->send(message);
    return bus->counters().dropped == kTooMany;
  }));
  std::vector<Message> some(1000);
  std::uint32_t count = 0;
  bool in_order = true;
  while (count < kKept) {
    const std::size_t more = bus->receive(some, 1s);
    if (more == 0) break;
    for (const Message& each : std::span(some).first(more)) in_order &= each.id == count++;
  }
  CHECK(count == kKept);
  CHECK(in_order);
  Message none;
  CHECK(bus->receive({&none, 1}, 50ms) == 0);
  CHECK(bus->counters().dropped == kTooMany);
}

TEST_CASE("remote client: losses of all connections are added up", "[remote]") {
  FakeServer server;
  BusConfig config = server.client();
  config.options["reconnect"] = "20s";
  std::jthread thread([&] {
    for (std::uint8_t round = 1; round <= 2; ++round) {
      RawPeer peer = server.accept();
      peer.receive(kOwnHello);
      peer.send(kOwnAnswer + lost(1) + lost(round == 1 ? 5 : 3) + frame_of(round));
      peer.receive(2);  // until the client has it all
    }
  });
  auto bus = open_bus(config);
  CHECK(next(*bus).id == 1);
  CHECK(bus->counters().dropped == 5);
  const Message message[] = {{.id = 1}};
  bus->send(message);
  CHECK(next(*bus).id == 2);
  CHECK(bus->counters().dropped == 8);
  bus->send(message);
}

TEST_CASE("remote client: its descriptor tells of messages behind other events", "[remote]") {
  FakeServer server;
  std::jthread thread;
  auto bus = open_served(server, server.client(), thread, [](RawPeer peer) {
    peer.receive(kOwnHello);
    peer.send(kOwnAnswer + frame_of(1) + lost(1) + frame_of(2));
    peer.receive(1);
  });
  pollfd waiting = {.fd = bus->descriptor(), .events = POLLIN, .revents = 0};
  CHECK(::poll(&waiting, 1, 10'000) == 1);  // though all has been read with the answer
  CHECK(next(*bus).id == 1);
  CHECK(::poll(&waiting, 1, 1000) == 1);
  CHECK(next(*bus).id == 2);
  CHECK(::poll(&waiting, 1, 50) == 0);
}

TEST_CASE("remote client: a channel's number is named once, and 0 never", "[remote]") {
  FakeServer server;
  std::jthread thread;
  auto bus = open_served(server, server.client(), thread, [](RawPeer peer) {
    peer.receive(kOwnHello);
    peer.send(kOwnAnswer + Bytes{0x24, 1, 4, 'c', 'a', 'n', '0'} + frame_of(1, 1) +
              Bytes{0x24, 1, 4, 'c', 'a', 'n', '1'} + frame_of(2, 1) + Bytes{0x24, 0, 1, 'x'} +
              frame_of(3, 0) + Bytes{0x24, 255, 2, 'a', '\n'} + frame_of(4, 255));
    peer.receive(1);
  });
  CHECK(next(*bus).channel == Channel("can0"));
  CHECK(next(*bus).channel == Channel("can0"));
  CHECK_FALSE(next(*bus).channel);
  CHECK(next(*bus).channel == Channel("a?"));
}

TEST_CASE("remote client: filters are applied in it where the server may not", "[remote]") {
  FakeServer server;
  BusConfig config = server.client();
  config.options["protocol"] = "4";
  config.filters = {{.id = 0x100, .mask = 0x7FF, .extended = {}}};
  Bytes request;
  std::jthread thread;
  auto bus = open_served(server, config, thread, [&request](RawPeer peer) {
    request = peer.receive(16);
    Bytes wanted = {3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    Bytes other = wanted;
    other[12] = 1;
    peer.send(Bytes{2, 1, 'x'} + other + wanted + other);
    peer.receive(1);
  });
  const Message got = next(*bus);
  CHECK(got.id == 0x100);
  CHECK(got.channel == Channel(config.channel));  // which version 4 doesn't tell
  Message none;
  CHECK(bus->receive({&none, 1}, 50ms) == 0);
  bus.reset();
  thread.join();
  CHECK(request == Bytes{1, 4, 0, 7, 0xA1, 0x20, 10, 1, 0, 0, 1, 0, 0, 0, 7, 0xFF});
}

TEST_CASE("remote client: what the server could not send is counted", "[remote]") {
  FakeServer server;
  std::jthread thread;
  auto bus = open_served(server, server.client(), thread, [](RawPeer peer) {
    peer.receive(kOwnHello);
    peer.send(kOwnAnswer);
    peer.receive(3 * kFrame + 9);
    peer.send(
        {0x25, 4, 'f', 'u', 'l', 'l', 0x25, 4, 'g', 'o', 'n', 'e', 0x28, 0, 0, 0, 0, 0, 0, 0, 1});
    peer.receive(1);
  });
  bus->send(std::vector<Message>(3));
  CHECK_THROWS_WITH(bus->flush(), bus->name() + ": the server could not send 2 messages: gone");
}

TEST_CASE("remote client: a server that doesn't say all has been sent is an error", "[remote]") {
  FakeServer server;
  std::jthread thread;
  auto bus = open_served(server, server.client(), thread, [](RawPeer peer) {
    peer.receive(kOwnHello);
    peer.send(kOwnAnswer);
    peer.receive(kFrame + 9);  // and closes
  });
  bus->send(std::vector<Message>(1));
  CHECK_THROWS_AS(bus->flush(), Error);
}

TEST_CASE("remote client: a server that talks nonsense is told, and left", "[remote]") {
  FakeServer server;
  std::jthread thread;
  auto bus = open_served(server, server.client(), thread, [](RawPeer peer) {
    peer.receive(kOwnHello);
    peer.send(kOwnAnswer + frame_of(1) + Bytes{99});
    peer.receive(1);
  });
  CHECK(next(*bus).id == 1);
  CHECK(error_of_receiving(*bus) ==
        bus->name() + ": the server sent event 99 isn't known in version 64");
}

TEST_CASE("remote client: a server that doesn't answer is not waited for", "[remote]") {
  FakeServer server;
  std::jthread thread([&] { server.accept().receive(SIZE_MAX); });
  const auto start = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH(open_bus(server.client()),
                    "remote " + server.client().channel + ": the server didn't answer in time");
  const auto lasted = std::chrono::steady_clock::now() - start;
  CHECK(lasted > 4s);
  CHECK(lasted < 9s);
}

TEST_CASE("remote client: reconnecting ends in time", "[remote]") {
  auto server = std::make_unique<FakeServer>();
  BusConfig config = server->client();
  config.options["reconnect"] = "2s";
  std::jthread thread;
  auto bus = open_served(*server, config, thread, [](RawPeer peer) {
    peer.receive(kOwnHello);
    peer.send(kOwnAnswer);
  });
  thread.join();
  server.reset();
  const auto start = std::chrono::steady_clock::now();
  CHECK_THAT(error_of_receiving(*bus),
             Catch::StartsWith(bus->name() + ": the server closed the connection; not reached "
                                             "again in time: can't connect: "));
  const auto lasted = std::chrono::steady_clock::now() - start;
  CHECK(lasted > 1s);
  CHECK(lasted < 6s);
}

TEST_CASE("remote client: a server that refuses a second time is not asked for ever", "[remote]") {
  FakeServer server;
  BusConfig config = server.client();
  config.options["reconnect"] = "2s";
  std::atomic<bool> done = false;
  std::jthread thread([&] {
    for (Bytes answer = kOwnAnswer; !done; answer = {6, 2, 'n', 'o'}) {
      RawPeer peer = server.accept();
      peer.receive(kOwnHello);
      peer.send(answer);
    }
  });
  auto bus = open_bus(config);
  CHECK_THAT(error_of_receiving(*bus),
             Catch::EndsWith("not reached again in time: the server says: no"));
  done = true;
  RawPeer(parse_endpoint(config.channel, 0).port).end();
}

TEST_CASE("remote client: a server that comes later is waited for when asked", "[remote]") {
  const BusConfig config = [] { return FakeServer().client(); }();
  CHECK_THROWS_WITH(open_bus(config), Catch::Contains("can't connect"));
  BusConfig patient = config;
  patient.options["wait"] = "true";
  auto bus = open_bus(patient);
  auto notes = bus->drain_notices();
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Catch::EndsWith(", waiting"));
  Message message;
  CHECK(bus->receive({&message, 1}, 50ms) == 0);
  ServerOptions options;
  options.port = parse_endpoint(config.channel, 0).port;
  RunningServer server(virtual_bus("later"), options);
  auto wire = open_bus(virtual_bus("later"));
  CHECK(eventually([&] {
    wire->send({&message, 1});
    return bus->receive({&message, 1}, 10ms) == 1;
  }));
  notes = bus->drain_notices();
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Catch::Contains("; connected after "));
}

TEST_CASE("remote client: a server that reads nothing holds up nobody, and loses nothing",
          "[remote]") {
  FakeServer server;
  std::atomic<bool> reads = false;
  std::size_t got = 0;
  std::jthread thread;
  auto bus = open_served(server, server.client(), thread, [&](RawPeer peer) {
    peer.receive(kOwnHello);
    peer.send(kOwnAnswer);
    while (!reads) std::this_thread::sleep_for(1ms);
    got = peer.receive(SIZE_MAX).size();
  });
  const std::vector<Message> batch(512);
  std::size_t sent = 0;
  for (std::size_t taken = 1; taken > 0; sent += taken) {
    const auto start = std::chrono::steady_clock::now();
    taken = bus->send_now(batch);
    CHECK(std::chrono::steady_clock::now() - start < 1s);
  }
  CHECK_THROWS_WITH(bus->send(batch[0], 0ns), bus->name() + ": the server takes no more messages");
  reads = true;
  bus->send(batch);
  bus.reset();
  thread.join();
  CHECK(got == (sent + batch.size()) * kFrame);
}

TEST_CASE("remote client: without a connection send_now() waits for none", "[remote]") {
  auto server = std::make_unique<FakeServer>();
  BusConfig config = server->client();
  config.options["reconnect"] = "20s";
  std::jthread thread;
  auto bus = open_served(*server, config, thread, [](RawPeer peer) {
    peer.receive(kOwnHello);
    peer.send(kOwnAnswer);
  });
  thread.join();
  server.reset();
  const std::vector<Message> batch(1);
  const auto start = std::chrono::steady_clock::now();
  CHECK(eventually([&] { return bus->send_now(batch) == 0; }));
  std::this_thread::sleep_for(1500ms);
  CHECK(bus->send_now(batch) == 0);
  CHECK_THROWS_WITH(bus->send(batch[0], 0ns), bus->name() + ": no connection");
  CHECK(std::chrono::steady_clock::now() - start < 5s);
}

TEST_CASE("remote client: what can't be on a bus is counted, and not received", "[remote]") {
  FakeServer server;
  std::jthread thread;
  auto bus = open_served(server, server.client(), thread, [](RawPeer peer) {
    peer.receive(kOwnHello);
    peer.send(kOwnAnswer + frame_of(1) + frame_of(0x20000000) + frame_of(0xFFFFFFFF) + frame_of(2));
    peer.receive(1);
  });
  CHECK(next(*bus).id == 1);
  CHECK(next(*bus).id == 2);
  CHECK(bus->counters().malformed == 2);
}

TEST_CASE("remote client: a full server is waited for when asked", "[remote]") {
  FakeServer server;
  BusConfig config = server.client();
  std::jthread thread([&] {
    for (const Bytes& answer : {Bytes{42, 4, 'f', 'u', 'l', 'l'}, Bytes{42, 4, 'f', 'u', 'l', 'l'},
                                kOwnAnswer + frame_of(7)}) {
      RawPeer peer = server.accept();
      peer.receive(kOwnHello);
      peer.send(answer);
      peer.receive(1);
    }
  });
  CHECK_THROWS_WITH(open_bus(config), Catch::EndsWith(": the server says: full"));
  config.options["wait"] = "true";
  auto bus = open_bus(config);
  CHECK(next(*bus).id == 7);
}

TEST_CASE("remote client: options that can't be", "[remote]") {
  BusConfig config;
  config.interface = "remote";
  config.channel = "127.0.0.1:1";
  for (const char* version : {"6", "64.", "own", "04"}) {
    config.options["protocol"] = version;
    CHECK_THROWS_WITH(open_bus(config), Catch::Contains("option 'protocol': expected auto, 4, 5 or "
                                                        "64, got '" +
                                                        std::string(version)));
  }
  config.receive_own_messages = true;
  for (const char* version : {"4", "5"}) {
    config.options["protocol"] = version;
    CHECK_THROWS_WITH(open_bus(config), "remote 127.0.0.1:1: version " + std::string(version) +
                                            " of the protocol can't ask for own messages");
  }
}
