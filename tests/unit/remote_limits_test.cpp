// SPDX-License-Identifier: MIT
// What a server does at its limits, over loopback: who is refused, what is counted, what is sent
// last.

#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "libcan/model/fail.h"
#include "libcan/platform/poller.h"
#include "tests/remote_peers.h"
#include "tests/running_server.h"
#include "tests/scripted_bus.h"

using namespace can;
using namespace can::remote;
using namespace std::chrono_literals;

namespace {

const Bytes kMessage = {3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x23, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0};

/// The answer of a server of a virtual bus to kHello.
std::string answer_for(const std::string& channel) { return "Virtual bus channel " + channel; }

std::string greet(RawPeer& peer, const std::string& channel) {
  peer.send(kHello);
  return text_of(peer.receive(2 + answer_for(channel).size()));
}

std::vector<std::uint32_t> ids_until_error(Bus& bus, std::string& error) {
  std::vector<std::uint32_t> ids;
  std::vector<Message> some(300);
  try {
    while (const std::size_t count = bus.receive(some, 10s))
      for (const Message& message : std::span(some).first(count)) ids.push_back(message.id);
  } catch (const Error& failure) {
    error = failure.what();
  }
  return ids;
}

}  // namespace

TEST_CASE("remote: connections and those refused are counted", "[remote]") {
  ServerOptions options;
  SECTION("by address") {
    options.allow = {"192.0.2.0/24"};
    RunningServer server(virtual_bus("counted"), options);
    for (int i = 0; i < 3; ++i) CHECK(RawPeer(server.port()).is_closed());
    server.stop();
    CHECK(server.statistics().accepted == 3);
    CHECK(server.statistics().refused == 3);
  }
  SECTION("by what they say, or don't") {
    RunningServer server(virtual_bus("counted"), options);
    {
      RawPeer garbage(server.port()), gone(server.port()), client(server.port());
      garbage.send({0x47, 0x45, 0x54});
      gone.end();
      CHECK(garbage.is_closed());
      CHECK(gone.is_closed());
      CHECK(greet(client, "counted") == answer_for("counted"));
    }
    server.stop();
    CHECK(server.statistics().accepted == 3);
    CHECK(server.statistics().refused == 2);
    CHECK(server.statistics().clients == 0);
  }
}

TEST_CASE("remote: as many clients as may be, and again when one has gone", "[remote]") {
  ServerOptions options;
  options.max_clients = 2;
  RunningServer server(virtual_bus("places"), options);
  auto first = server.connect(), second = server.connect();
  for (int round = 0; round < 2; ++round) {
    CHECK_THROWS_WITH(server.connect(), Catch::EndsWith("this server accepts at most 2 clients"));
    second.reset();
    REQUIRE_NOTHROW(second = server.connect());
  }
  // Neither took the place of one that is served.
  const Message message[] = {{.id = 1}};
  Message got;
  first->send(message);
  CHECK(second->receive({&got, 1}, 10s) == 1);
}

TEST_CASE("remote: a handshake may take its time, and not more", "[remote]") {
  ServerOptions options;
  options.handshake_limit = 2s;
  RunningServer server(virtual_bus("unhurried"), options);
  RawPeer late(server.port()), silent(server.port());
  late.send({kHello.begin(), kHello.begin() + 6});
  std::this_thread::sleep_for(1s);
  late.send({kHello.begin() + 6, kHello.end()});
  CHECK(text_of(late.receive(2 + answer_for("unhurried").size())) == answer_for("unhurried"));
  const auto start = std::chrono::steady_clock::now();
  CHECK(silent.is_closed());
  CHECK(std::chrono::steady_clock::now() - start < 5s);
  std::this_thread::sleep_for(1500ms);  // a client has no such limit
  late.send(kMessage);
  late.end();
  CHECK(late.is_closed());
  server.stop();
  CHECK(server.statistics().messages_in == 1);
}

TEST_CASE("remote: too many connections that say nothing: the oldest goes", "[remote]") {
  constexpr std::size_t kStrangers = 1024;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < 2 * kStrangers + 200) {
    WARN("no more than " << limit.rlim_cur << " open files: skipped");
    return;
  }
  ServerOptions options;
  options.handshake_limit = 1min;
  RunningServer server(virtual_bus("strangers"), options);
  RawPeer client(server.port());
  CHECK(greet(client, "strangers") == answer_for("strangers"));
  std::vector<std::unique_ptr<RawPeer>> peers;
  const auto come = [&] { peers.push_back(std::make_unique<RawPeer>(server.port())); };
  const auto is_open = [](const RawPeer& peer) {
    pollfd waiting = {.fd = peer.descriptor(), .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 100) == 0;
  };
  while (peers.size() < kStrangers) come();
  CHECK(is_open(*peers[0]));
  come();
  CHECK(peers[0]->is_closed());
  CHECK(is_open(*peers[1]));
  CHECK(is_open(client));
  CHECK(greet(*peers.back(), "strangers") == answer_for("strangers"));
  CHECK(server.has_logged("too many connections without a handshake"));
}

TEST_CASE("remote: one that is dismissed and doesn't close is cut off", "[remote]") {
  RunningServer server(virtual_bus("lingering"));
  RawPeer peer(server.port());
  peer.send({1, 3, 0, 0, 0, 0});
  CHECK(text_of(peer.receive(300)) == "expected protocol version 4, 5 or 64, got 3");
  // What comes behind is passed over; once the server has closed it is refused.
  const auto start = std::chrono::steady_clock::now();
  pollfd broken = {.fd = peer.descriptor(), .events = 0, .revents = 0};
  CHECK(eventually([&] {
    peer.send({0});
    return ::poll(&broken, 1, 0) == 1;
  }));
  const auto lasted = std::chrono::steady_clock::now() - start;
  CHECK(lasted > 1s);
  CHECK(lasted < 6s);
}

TEST_CASE("remote: what the bus gave last comes before the goodbye", "[remote]") {
  constexpr std::uint32_t kLast = 900;  // less than one turn of a client
  RunningServer server(virtual_bus("last"));
  auto reader = server.connect();
  auto wire = open_bus(virtual_bus("last"));
  std::vector<Message> messages;
  for (std::uint32_t i = 0; i < kLast; ++i) messages.push_back({.id = i});
  server.halt();  // nobody takes them from the bus before the server ends
  wire->send(messages);
  server.stop();
  std::string error;
  const auto ids = ids_until_error(*reader, error);
  REQUIRE(ids.size() == kLast);
  for (std::uint32_t i = 0; i < kLast; ++i) CHECK(ids[i] == i);
  CHECK_THAT(error, Catch::EndsWith("the server says: the server is stopping"));
  CHECK(server.statistics().messages_out == kLast);
}

TEST_CASE("remote: what a client sent last is sent, though it closes at once", "[remote]") {
  RunningServer server(virtual_bus("first and last"));
  auto wire = open_bus(virtual_bus("first and last"));
  server.connect()->send(std::vector<Message>(20'000));
  std::vector<Message> some(1000);
  std::size_t count = 0;
  while (count < 20'000) {
    const std::size_t more = wire->receive(some, 10s);
    if (more == 0) break;
    count += more;
  }
  CHECK(count == 20'000);
  server.stop();
  CHECK(server.statistics().messages_in == 20'000);
  CHECK(server.statistics().failed == 0);
}

TEST_CASE("remote: what waits for a full bus is sent, though the client has closed", "[remote]") {
  std::atomic<ScriptedBus*> served = nullptr;
  RunningServer server({}, {}, [&](const BusConfig&) {
    auto bus = std::make_unique<ScriptedBus>();
    bus->read_only(1);
    served = bus.get();
    return bus;
  });
  RawPeer peer(server.port());
  peer.send(kHello);
  CHECK(text_of(peer.receive(10)) == "scripted");
  for (int i = 0; i < 3; ++i) peer.send(kMessage);
  peer.end();
  std::this_thread::sleep_for(200ms);
  served.load()->read_only(10);
  CHECK(peer.is_closed());
  server.stop();
  CHECK(server.statistics().messages_in == 3);
  CHECK(server.statistics().failed == 0);
}

TEST_CASE("remote: losses and notes of the server's bus reach the client", "[remote]") {
  std::atomic<ScriptedBus*> served = nullptr;
  RunningServer server({}, {}, [&](const BusConfig&) {
    auto bus = std::make_unique<ScriptedBus>();
    served = bus.get();
    return bus;
  });
  auto client = server.connect();
  served.load()->lose(3);
  served.load()->say("link is down, waiting");
  served.load()->give({{.id = 1}});
  Message got;
  REQUIRE(client->receive({&got, 1}, 10s) == 1);
  CHECK(eventually([&] {
    client->receive({&got, 1}, 10ms);
    return client->counters().dropped == 3;
  }));
  CHECK(client->drain_notices() ==
        std::vector<std::string>{client->name() + ": link is down, waiting"});
  served.load()->fail_with("scripted: device is gone");
  CHECK_THROWS_WITH(client->receive({&got, 1}, 10s),
                    client->name() + ": the server says: scripted: device is gone");
}

TEST_CASE("watch: tells what it is set to, and nothing once it is set to nothing", "[remote]") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
  const Descriptor one(ends[0]);
  Descriptor other(ends[1]);
  Poller poller;
  std::vector<std::uint32_t> told;
  {
    Watch watch(poller, [&](std::uint32_t events) { told.push_back(events); });
    poller.wait(0);
    CHECK(told.empty());
    watch.set(one.get(), EPOLLOUT);
    poller.wait(0);
    CHECK(told == std::vector<std::uint32_t>{EPOLLOUT});
    watch.set(one.get(), EPOLLIN);
    poller.wait(0);
    CHECK(told.size() == 1);
    other = Descriptor();  // the end of a connection is told whatever was asked for
    poller.wait(0);
    CHECK(told.size() == 2);
    watch.set(one.get(), 0);
    poller.wait(0);
    CHECK(told.size() == 2);
    watch.set(one.get(), EPOLLIN);
    poller.wait(0);
    CHECK(told.size() == 3);
  }
  poller.wait(0);
  CHECK(told.size() == 3);
}
