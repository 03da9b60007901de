// SPDX-License-Identifier: MIT
// canserver's server and the remote interface, over loopback.

#include <sys/socket.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>

#include "libcan/model/fail.h"
#include "libcan/net/address.h"
#include "libcan/remote/protocol.h"
#include "tests/remote_peers.h"
#include "tests/running_server.h"
#include "tests/temporary_folder.h"

using namespace can;
using namespace can::remote;
using namespace std::chrono_literals;

namespace {

std::size_t receive_all(Bus& bus, std::size_t count, std::vector<Message>& all) {
  std::vector<Message> some(300);
  while (all.size() < count) {
    const std::size_t n = bus.receive(some, 10s);
    if (n == 0) break;
    all.insert(all.end(), some.begin(), some.begin() + static_cast<long>(n));
  }
  return all.size();
}

}  // namespace

TEST_CASE("remote addresses", "[remote]") {
  const auto parsed = [](std::string_view text) { return to_string(parse_endpoint(text, 54701)); };
  CHECK(parsed("host") == "host:54701");
  CHECK(parsed("host:1") == "host:1");
  CHECK(parsed("[::1]:2") == "[::1]:2");
  CHECK(parsed("[::1]") == "[::1]:54701");
  CHECK(parsed("2001:db8::1") == "[2001:db8::1]:54701");
  for (const char* wrong : {"", ":1", "host:", "host:x", "host:65536", "[::1", "[::1]x", "[]:1"})
    CHECK_THROWS_AS(parse_endpoint(wrong, 1), Error);
  sockaddr_storage storage{};
  const auto in = [&](const char* network, const char* text) {
    const AddressList list = resolve({text, 1}, false);
    std::memcpy(&storage, list->ai_addr, list->ai_addrlen);
    return Network(network).contains(storage);
  };
  CHECK(in("192.0.2.0/24", "192.0.2.255"));
  CHECK_FALSE(in("192.0.2.0/24", "192.0.3.0"));
  CHECK(in("192.0.2.7", "192.0.2.7"));
  CHECK(in("192.0.2.0/24", "::ffff:192.0.2.1"));
  CHECK(in("0.0.0.0/0", "10.0.0.1"));
  CHECK_FALSE(in("0.0.0.0/0", "::1"));
  CHECK(in("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(in("2001:db8::/33", "2001:db8:8000::1"));
  for (const char* wrong : {"", "x", "192.0.2.0/33", "192.0.2.0/-1", "::1/129", "192.0.2.0/"})
    CHECK_THROWS_AS(Network(wrong), Error);
}

TEST_CASE("remote: each version of the protocol", "[remote]") {
  RunningServer server(virtual_bus("versions"));
  auto sender = server.connect();
  for (const char* version : {"4", "5", "64", "auto"}) {
    CAPTURE(version);
    BusConfig config = server.client();
    config.options["protocol"] = version;
    auto bus = open_bus(config);
    CHECK(bus->details() == "Virtual bus channel versions on " + server.address());
    const Message messages[] = {{.id = 0x123, .length = 2, .data = {1, 2}},
                                {.id = 0x1234567, .length = 8, .extended = true},
                                {.id = 1, .length = 3, .remote = true}};
    sender->send(messages);
    std::vector<Message> got;
    REQUIRE(receive_all(*bus, 3, got) == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      Message expected = messages[i];
      expected.timestamp = got[i].timestamp;
      expected.channel = got[i].channel;
      CHECK(got[i] == expected);
    }
    bus->send(messages);
    got.clear();
    CHECK(receive_all(*sender, 3, got) == 3);
  }
}

TEST_CASE("remote: a server of python-can that knows only version 4, or only 5", "[remote]") {
  for (const auto known : {std::uint8_t{4}, std::uint8_t{5}}) {
    FakeServer server;
    Bytes request, filters, sent, behind;  // looked at once the thread has ended
    std::thread answering([&] {
      for (;;) {
        RawPeer peer = server.accept();
        request = peer.receive(6);
        if (request.size() < 2 || request[1] != known) continue;  // closes without a word
        filters = peer.receive(2);
        peer.send({2, 1, 'x'});
        sent = peer.receive(23);
        peer.send({4, 5});  // TransmitSuccess and TransmitFail, at any time
        peer.send({6, 5, 'h', 'e', 'a', 'v', 'y'});
        behind = peer.receive(1);
        return;
      }
    });
    {
      auto bus = open_bus(server.client());
      CHECK(bus->details() == "x on " + server.client().channel);
      const Message fd[] = {{.id = 1, .length = 12, .fd = true}}, classic[] = {{.id = 1}};
      CHECK_THROWS_WITH(bus->send(fd), Catch::Contains("CAN FD"));
      bus->send(classic);
      Message message;
      CHECK_THROWS_WITH(bus->receive({&message, 1}, 10s), bus->name() + ": the server says: heavy");
    }
    answering.join();
    CHECK(request == Bytes{1, known, 0, 7, 0xA1, 0x20});
    CHECK(filters == Bytes{10, 0});
    CHECK(sent.size() == 23);
    CHECK(behind.empty());
  }
}

TEST_CASE("remote: what the server says against it reaches the user", "[remote]") {
  BusConfig served;
  served.interface = "udp_multicast";
  served.channel = "10.0.0.1";
  RunningServer server(served);
  CHECK_THROWS_WITH(server.connect(), "remote " + server.address() +
                                          ": the server says: udp_multicast 10.0.0.1: expected a "
                                          "multicast address, 224.0.0.0 to 239.255.255.255 or "
                                          "ff00::/8, got '10.0.0.1'");
}

TEST_CASE("remote: what can't be sent is an error", "[remote]") {
  ServerOptions options;
  SECTION("to a server that is read-only") {
    options.read_only = true;
    RunningServer server(virtual_bus("read-only"), options);
    const Message message[] = {{.id = 1}};
    CHECK_THROWS_WITH(server.connect()->send(message), Catch::EndsWith("the server is read-only"));
    BusConfig old = server.client();
    old.options["protocol"] = "4";
    auto bus = open_bus(old);
    bus->send(message);
    Message none;
    bus->receive({&none, 1}, 200ms);
    CHECK(eventually([&] {
      try {
        bus->send(message);
        return false;
      } catch (const Error& error) {
        return std::string_view(error.what()).find("could not send 1 message") !=
               std::string_view::npos;
      }
    }));
  }
  SECTION("on a bus that refuses, before flush() returns") {
    BusConfig served = virtual_bus("classic");
    served.fd = false;
    RunningServer server(served);
    auto bus = server.connect();
    const Message messages[] = {{.id = 1}, {.id = 2, .length = 12, .fd = true}, {.id = 3}};
    auto other = server.connect();
    bus->send(messages);
    CHECK_THROWS_WITH(bus->flush(), Catch::Contains("could not send 1 message: virtual classic: "));
    CHECK_NOTHROW(bus->flush());
    std::vector<Message> got;
    REQUIRE(receive_all(*other, 2, got) == 2);  // those around it have been sent
    CHECK(got[1].id == 3);
  }
}

TEST_CASE("remote: tokens, ranges and the number of clients", "[remote]") {
  TemporaryFolder folder;
  std::ofstream(folder.path() + "/token") << "open sesame\n";
  ServerOptions options;
  SECTION("a token") {
    options.token = "open sesame";
    RunningServer server(virtual_bus("token"), options);
    CHECK_THROWS_WITH(server.connect(), Catch::Contains("wrong token"));
    BusConfig config = server.client();
    config.options["token_file"] = folder.path() + "/token";
    CHECK_NOTHROW(open_bus(config));
    config.options["token_file"] = folder.path() + "/none";
    CHECK_THROWS_WITH(open_bus(config), Catch::Contains("no such file"));
  }
  SECTION("another range") {
    options.allow = {"192.0.2.0/24", "::1"};
    RunningServer server(virtual_bus("range"), options);
    CHECK_THROWS_AS(server.connect(), Error);
    CHECK(server.has_logged("not allowed to connect"));
  }
  SECTION("one client only") {
    options.max_clients = 1;
    RunningServer server(virtual_bus("one"), options);
    {
      auto first = server.connect();
      CHECK_THROWS_WITH(server.connect(), Catch::Contains("at most 1 clients"));
    }
    CHECK_NOTHROW(server.connect());
  }
}

TEST_CASE("remote: everything that stood before the end of input is sent", "[remote]") {
  RunningServer server(virtual_bus("pipelined"));
  auto listener = server.connect();
  Bytes all = kHello;
  const Bytes message = {3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x23, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0};
  for (int i = 0; i < 500; ++i) all.insert(all.end(), message.begin(), message.end());
  RawPeer peer(server.port());
  peer.send(all);
  peer.end();
  std::vector<Message> got;
  CHECK(receive_all(*listener, 500, got) == 500);
  const Bytes answer = peer.receive(100);
  CHECK(text_of(answer) == "Virtual bus channel pipelined");
  CHECK(peer.is_closed());
}

TEST_CASE("remote: connections that make no sense hurt nobody", "[remote]") {
  ServerOptions options;
  options.handshake_limit = 2s;
  RunningServer server(virtual_bus("hostile"), options);
  auto one = server.connect(), two = server.connect();
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int i = 0; i < 200; ++i) {
    auto& peer = peers.emplace_back(std::make_unique<RawPeer>(server.port()));
    if (i % 5 == 0) peer->send(Bytes(1000, static_cast<std::uint8_t>(i)));  // garbage
    if (i % 5 == 1) peer->send({1, 4, 0});                                  // half an event
    if (i % 5 == 2) peer->send(kHello), peer->send({3, 0, 0});              // half a message
    if (i % 5 == 3) peer->send({1, 64, 0, 0, 0, 0}), peer->send(Bytes(500, 0x21));
    if (i % 5 == 1 || i % 5 == 2) peer->end();
    const Message message[] = {{.id = static_cast<std::uint32_t>(i)}};
    one->send(message);
    Message got;
    REQUIRE(two->receive({&got, 1}, 10s) == 1);
    CHECK(got.id == static_cast<std::uint32_t>(i));
  }
  // Those that say nothing are closed in time; so is half an event followed by the end.
  for (std::size_t i = 0; i < peers.size(); ++i) {
    CAPTURE(i);
    peers[i]->receive(1000);
    CHECK(peers[i]->is_closed());
  }
  server.stop();
  CHECK(server.statistics().messages_in >= 200);
}

TEST_CASE("remote: a client that doesn't read is told, and slows nobody", "[remote]") {
  ServerOptions options;
  options.buffer = 1 << 16;
  options.slow_limit = 300ms;
  RunningServer server(virtual_bus("slow"), options);
  RawPeer slow(server.port());
  slow.send(kHello);
  slow.receive(27);
  auto sender = server.connect(), reader = server.connect();
  std::vector<Message> batch(500), got;
  std::size_t sent = 0;
  // Until the system's buffers are full, too. The other client reads in step: it loses nothing.
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < end && !server.has_logged("you read too slowly")) {
    sender->send(batch);
    sent += batch.size();
    got.clear();
    REQUIRE(receive_all(*reader, batch.size(), got) == batch.size());
  }
  CHECK(server.has_logged("you read too slowly"));
  CHECK(reader->counters().dropped == 0);
  const Bytes all = slow.receive(SIZE_MAX);  // whole events, then the reason
  std::size_t messages = 0;
  while (messages * 23 < all.size() && all[messages * 23] == 3) ++messages;
  CHECK(messages < sent);
  const Bytes last(all.begin() + static_cast<long>(messages * 23), all.end());
  REQUIRE(last.size() > 2);
  CHECK(last[0] == 6);
  CHECK_THAT(text_of(last), Catch::StartsWith("you read too slowly: "));
}

/// Receives as a virtual bus does. What it sends goes nowhere, and waits while it is `full`.
class BlockedBus final : public Bus {
 public:
  BlockedBus(const BusConfig& config, std::atomic<bool>& full, std::atomic<std::size_t>& sent)
      : bus_(open_bus(config)), full_(full), sent_(sent) {}
  int descriptor() const override { return bus_->descriptor(); }
  std::string name() const override { return bus_->name(); }

 protected:
  std::size_t send_some(std::span<const Message> messages) override {
    if (full_) return 0;
    sent_ += messages.size();
    return messages.size();
  }
  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) override {
    return bus_->receive(out, timeout);
  }

 private:
  const std::unique_ptr<Bus> bus_;
  std::atomic<bool>& full_;
  std::atomic<std::size_t>& sent_;
};

TEST_CASE("remote: a bus that is full keeps nobody from receiving, and loses nothing", "[remote]") {
  constexpr std::size_t kMessages = 3000;
  std::atomic<bool> full = true;
  std::atomic<std::size_t> sent = 0;
  RunningServer server(virtual_bus("jammed"), {}, [&](const BusConfig& config) {
    return std::make_unique<BlockedBus>(config, full, sent);
  });
  auto sender = server.connect(), reader = server.connect();
  auto wire = open_bus(virtual_bus("jammed"));
  sender->send(std::vector<Message>(kMessages));
  for (std::uint32_t i = 0; i < 20; ++i) {
    const Message message[] = {{.id = i}};
    wire->send(message);
    Message got;
    REQUIRE(reader->receive({&got, 1}, 10s) == 1);
    CHECK(got.id == i);
  }
  CHECK(sent == 0);
  full = false;
  CHECK(eventually([&] { return sent == kMessages; }));
  CHECK_NOTHROW(sender->flush());
  server.stop();
  CHECK(server.statistics().failed == 0);
}

TEST_CASE("remote: a bus that stays full is an error of the client's", "[remote]") {
  std::atomic<bool> full = true;
  std::atomic<std::size_t> sent = 0;
  RunningServer server(virtual_bus("stuck"), {}, [&](const BusConfig& config) {
    return std::make_unique<BlockedBus>(config, full, sent);
  });
  auto sender = server.connect();
  sender->send(std::vector<Message>(3));
  CHECK_THROWS_WITH(sender->flush(), Catch::EndsWith("could not send 3 messages: virtual stuck: "
                                                     "takes no more messages"));
  CHECK(sent == 0);
}

TEST_CASE("remote: a bus that takes long to open holds up nobody", "[remote]") {
  std::atomic<bool> slow = false, release = false;
  const bool opens = GENERATE(true, false);
  ServerOptions options;
  options.handshake_limit = opens ? 1min : 3s;
  RunningServer server(virtual_bus("far"), options, [&](const BusConfig& config) {
    if (slow.exchange(false))
      while (!release) std::this_thread::sleep_for(5ms);
    return open_bus(config);
  });
  auto sender = server.connect(), reader = server.connect();
  slow = true;
  RawPeer late(server.port());
  late.send(kHello);
  REQUIRE(eventually([&] { return !slow; }));
  for (std::uint32_t i = 0; i < 20; ++i) {
    const Message message[] = {{.id = i}};
    sender->send(message);
    Message got;
    REQUIRE(reader->receive({&got, 1}, 10s) == 1);
    CHECK(got.id == i);
  }
  const std::string answer =
      opens ? "Virtual bus channel far" : "the bus could not be opened in time";
  if (opens) release = true;
  CHECK(text_of(late.receive(2 + answer.size())) == answer);
  release = true;
  CHECK_NOTHROW(server.connect());
}

TEST_CASE("remote: losses on the server are counted by the client", "[remote]") {
  ServerOptions options;
  options.buffer = 1 << 16;
  RunningServer server(virtual_bus("losses"), options);
  auto sender = server.connect(), reader = server.connect();
  std::vector<Message> batch(500);
  std::size_t sent = 0;
  for (int i = 0; i < 5000 && !server.has_logged("messages lost so far"); ++i, sent += 500)
    sender->send(batch);
  sender->flush();
  std::vector<Message> some(1000);
  std::size_t got = 0;
  // All that were sent have come or are known to be lost.
  CHECK(eventually([&] {
    while (const std::size_t n = reader->receive(some, 50ms)) got += n;
    return got + reader->counters().dropped == sent;
  }));
  CHECK(reader->counters().dropped > 0);
}

TEST_CASE("remote: a client that only sends is no slow reader", "[remote]") {
  ServerOptions options;
  options.buffer = 1 << 16;
  options.slow_limit = 100ms;
  BusConfig served = virtual_bus("sender");
  served.receive_own_messages = true;  // everything sent comes back
  RunningServer server(served, options);
  auto sender = server.connect();
  const std::vector<Message> batch(200);
  for (int i = 0; i < 600; ++i) sender->send(batch);
  // Of what nobody receives some is lost, sooner or later, and counted.
  CHECK(eventually([&] {
    sender->send(batch);
    sender->flush();
    return sender->counters().dropped > 0;
  }));
}

TEST_CASE("remote: a goodbye when the server stops, and reconnecting", "[remote]") {
  auto server = std::make_unique<RunningServer>(virtual_bus("again"));
  const std::string address = server->address();
  const auto port = server->port();
  BusConfig patient = server->client();
  patient.options["reconnect"] = "30s";
  auto plain = server->connect(), bus = open_bus(patient);
  server.reset();
  Message message;
  CHECK_THROWS_WITH(plain->receive({&message, 1}, 10s),
                    "remote " + address + ": the server says: the server is stopping");
  CHECK(bus->receive({&message, 1}, 50ms) == 0);

  // The same port at once, as a server that is started again has it.
  ServerOptions options;
  options.host = "127.0.0.1";
  options.port = port;
  Server second(options, virtual_bus("again"), open_bus, [](LogLevel, const std::string&) {});
  std::thread serving([&] { second.run(); });
  std::jthread sending([&](std::stop_token stop) {
    auto peer = open_bus(virtual_bus("again"));
    for (; !stop.stop_requested(); std::this_thread::sleep_for(20ms)) {
      const Message one[] = {{.id = 7}};
      peer->send(one);
    }
  });
  CHECK(bus->receive({&message, 1}, 20s) == 1);
  CHECK(message.id == 7);
  const auto notes = bus->drain_notices();
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Catch::Contains("the server is stopping; connected again, "));
  sending.request_stop();
  bus.reset();
  second.stop();
  serving.join();
}

TEST_CASE("remote: twenty clients at once lose nothing", "[remote]") {
  constexpr std::uint32_t kClients = 20, kCount = 2000;
  RunningServer server(virtual_bus("crowd"));
  std::atomic<std::uint32_t> wrong = 0, ready = 0;
  std::vector<std::jthread> clients;
  for (std::uint32_t number = 0; number < kClients; ++number)
    clients.emplace_back([&, number] {
      // Each hears its neighbour only: filters of its own, applied by the server.
      BusConfig config = server.client();
      config.filters = {{.id = (number + 1) % kClients << 16, .mask = 0xFF0000, .extended = true}};
      auto bus = open_bus(config);
      for (++ready; ready < kClients;) std::this_thread::sleep_for(1ms);
      std::vector<Message> batch(100), got;
      for (std::uint32_t i = 0; i < kCount;) {
        for (Message& m : batch) m = {.id = number << 16 | i++, .length = 8, .extended = true};
        bus->send(batch);
      }
      bus->flush();
      receive_all(*bus, kCount, got);
      bool good = got.size() == kCount && bus->counters().dropped == 0;
      for (std::uint32_t i = 0; good && i < kCount; ++i)
        good = got[i].id == ((number + 1) % kClients << 16 | i);
      if (!good) ++wrong;
    });
  clients.clear();
  CHECK(wrong == 0);
  server.stop();
  CHECK(server.statistics().messages_in == kClients * kCount);
  CHECK(server.statistics().messages_out == kClients * kCount);
}
