// SPDX-License-Identifier: MIT
// What a server's session does at its limits, and what it tells: without sockets.

#include <catch2/catch.hpp>
#include <fstream>
#include <list>
#include <thread>

#include "libcan/model/fail.h"
#include "libcan/net/outbox.h"
#include "libcan/remote/channel_numbers.h"
#include "libcan/remote/session.h"
#include "libcan/remote/token.h"
#include "tests/scripted_bus.h"
#include "tests/temporary_folder.h"

using namespace can;
using namespace can::remote;
using namespace std::chrono_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Clock = std::chrono::steady_clock;

Bytes bytes_of(const Encoder& encoder) { return {encoder.bytes().begin(), encoder.bytes().end()}; }

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes hello(Version version, const SessionRequest& request = {}, std::int32_t bitrate = 0) {
  Encoder encoder;
  encoder.bus_request(version, bitrate);
  if (version == Version::own) encoder.session_request(request);
  encoder.filters(version, {});
  return bytes_of(encoder);
}

Bytes message_of(Version version, const Message& message) {
  std::array<std::uint8_t, kLongestFrame> out{};
  const std::size_t size = encode_message(version, message, 0, out);
  return {out.begin(), out.begin() + static_cast<long>(size)};
}

Bytes text(EventId id, std::string_view text) {
  Encoder encoder;
  encoder.text(id, text);
  return bytes_of(encoder);
}

Bytes number(EventId id, std::uint64_t number) {
  Encoder encoder;
  encoder.number(id, number);
  return bytes_of(encoder);
}

template <class Number>
void append(Bytes& bytes, Number number) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint32_t>(number) >> shift));
}

/// CyclicMessageStart of version 5, without data.
Bytes cyclic_start(std::uint32_t id, std::int32_t period_ms, std::int32_t duration_ms = 0) {
  Bytes bytes = {7};
  append(bytes, period_ms);
  append(bytes, duration_ms);
  append(bytes, id);
  bytes.resize(bytes.size() + 10);
  return bytes;
}

/// As session.handle_input(), again and again: the turn may end before, and a bus takes time to
/// open.
std::size_t feed(Session& session, const Bytes& bytes) {
  std::size_t used = session.handle_input(bytes);
  while (session.has_more()) {
    std::this_thread::sleep_for(1ms);
    used += session.handle_input(std::span(bytes).subspan(used));
  }
  return used;
}

/// A session over a bus that does what the test says.
struct Bench {
  explicit Bench(ServerOptions options = {}) : service(make_service(std::move(options))) {}

  Service make_service(ServerOptions options) {
    return {.options = std::move(options),
            .config = {},
            .open = [this](const BusConfig& config) -> std::unique_ptr<Bus> {
              opened = config;
              auto made = std::make_unique<ScriptedBus>();
              made->set_filters(config.filters);
              bus = made.get();
              return made;
            },
            .log = [this](LogLevel, const std::string& line) { log.push_back(line); }};
  }

  /// What the server answers to these bytes, all of which it takes.
  Bytes operator()(const Bytes& bytes) {
    CHECK(feed(session, bytes) == bytes.size());
    return answer();
  }
  Bytes answer() {
    const auto waiting = session.outbox().waiting();
    Bytes bytes(waiting.begin(), waiting.end());
    session.outbox().consume(bytes.size());
    return bytes;
  }
  bool has_logged(std::string_view text) const {
    return std::ranges::any_of(log, [=](const auto& line) { return line.find(text) != line.npos; });
  }

  std::vector<std::string> log;
  BusConfig opened;
  ScriptedBus* bus = nullptr;
  Service service;
  Session session{service, "test"};
};

}  // namespace

TEST_CASE("remote session: what a client asks for is what the bus is opened with", "[remote]") {
  const SessionRequest all = {
      .receive_own = true, .fd_on = true, .data_bitrate = 2'000'000, .token = {}};
  Bench bench;
  bench(hello(Version::own, all, 250'000));
  CHECK(bench.opened.receive_own_messages);
  CHECK(bench.opened.fd == true);
  CHECK(bench.opened.bitrate == 250'000);
  CHECK(bench.opened.data_bitrate == 2'000'000);

  Bench plain;
  plain(hello(Version::own));
  CHECK_FALSE(plain.opened.receive_own_messages);
  CHECK_FALSE(plain.opened.fd.has_value());
  CHECK(plain.opened.data_bitrate == 0);

  Bench off;
  off(hello(Version::own, {.fd_off = true, .token = {}}));
  CHECK(off.opened.fd == false);

  Bench forced;  // what the server's owner has set wins
  forced.service.config.data_bitrate = 4'000'000;
  forced.service.config.fd = false;
  forced(hello(Version::own, all));
  CHECK(forced.opened.data_bitrate == 4'000'000);
  CHECK(forced.opened.fd == false);

  Bench negative;
  CHECK(negative(hello(Version::v4, {}, -1)) ==
        text(EventId::remote_exception, "expected a bit rate, got -1"));
  CHECK(negative.bus == nullptr);
}

TEST_CASE("remote session: a client more than there may be is refused, and counted", "[remote]") {
  Bench bench({.max_clients = 2});
  Session second(bench.service, "second");
  bench(hello(Version::v4));
  const auto open = [](Session& session) {
    feed(session, hello(Version::v4));
    return session.phase();
  };
  CHECK(open(second) == Phase::open);
  CHECK(bench.service.statistics.clients == 2);
  CHECK(bench.service.statistics.refused == 0);
  {
    Session third(bench.service, "third");
    CHECK(open(third) == Phase::closing);
    CHECK(bench.service.statistics.refused == 1);
  }
  CHECK(bench.service.statistics.clients == 2);
  {
    Session stranger(bench.service, "stranger");
    stranger.handle_input(Bytes{0x47});
    stranger.dismiss("a second end is none");
    CHECK(stranger.phase() == Phase::closing);
  }
  CHECK(bench.service.statistics.refused == 2);
}

TEST_CASE("remote session: a session only goes on, and ends in one of two ways", "[remote]") {
  Bench bench;
  bench(hello(Version::v4));
  CHECK(bench.session.phase() == Phase::open);
  SECTION("after what is queued") {
    bench.bus->give({{.id = 1}});
    bench.session.forward_from_bus();
    bench.session.dismiss("enough");
    CHECK(bench.session.phase() == Phase::closing);
    const Bytes goodbye = text(EventId::remote_exception, "enough");
    CHECK(bench.answer() == message_of(Version::v4, {.id = 1}) + goodbye);
    bench.session.dismiss("again");
    CHECK(bench.answer().empty());
    bench.session.end_at_once("broken");
    CHECK(bench.session.phase() == Phase::gone);
    bench.session.advance(Phase::closed);
    CHECK(bench.session.phase() == Phase::gone);
  }
  SECTION("at once") {
    bench.session.end_at_once("broken");
    CHECK(bench.session.phase() == Phase::gone);
    CHECK(bench.answer().empty());
    CHECK(bench.session.handle_input(Bytes(100, 3)) == 100);  // passed over
    bench.bus->give({{.id = 1}});
    bench.session.forward_from_bus();
    bench.session.tick(Clock::now() + 1h);
    CHECK(bench.answer().empty());
  }
  CHECK(std::ranges::count_if(bench.log, [](const auto& line) {
          return line.find("messages received from it") != line.npos;
        }) == 1);
}

TEST_CASE("remote session: losses of the server's bus are told once, and added to", "[remote]") {
  Bench bench;
  bench(hello(Version::own));
  bench.session.tick(Clock::now());
  CHECK(bench.answer().empty());
  bench.bus->lose(7);
  bench.session.tick(Clock::now());
  CHECK(bench.answer() == number(EventId::lost, 7));
  CHECK(bench.has_logged("7 messages lost so far"));
  bench.session.tick(Clock::now());
  CHECK(bench.answer().empty());
  bench.bus->lose(1);
  bench.session.tick(Clock::now());
  CHECK(bench.answer() == number(EventId::lost, 8));

  Bench old;  // version 4 has no word for it
  old(hello(Version::v4));
  old.bus->lose(7);
  old.session.tick(Clock::now());
  CHECK(old.answer().empty());
  CHECK(old.has_logged("7 messages lost so far"));
}

TEST_CASE("remote session: each message that doesn't fit is counted", "[remote]") {
  Bench bench({.buffer = 10 * 23});
  Session session(bench.service, "slow");
  feed(session, hello(Version::v4));
  session.outbox().consume(session.outbox().size());
  // A frame has to have room for the longest: seven of 23 bytes leave less than 80.
  bench.bus->give(std::vector<Message>(30));
  session.forward_from_bus();
  const std::size_t fitting = session.outbox().size() / kMessageSize;
  CHECK(fitting == 7);
  CHECK(bench.service.statistics.messages_out == fitting);
  CHECK(bench.service.statistics.dropped == 30 - fitting);
  session.end_of_input();
  CHECK(bench.has_logged("0 messages received from it, 7 sent to it, 23 lost"));
}

TEST_CASE("remote session: a slow reader has as long as it may, and recovers", "[remote]") {
  ServerOptions options = {.buffer = 1000, .slow_limit = 10s};
  Bench bench(options);
  bench(hello(Version::v4));
  bench.bus->give(std::vector<Message>(100));
  const auto now = Clock::now();
  bench.session.forward_from_bus();
  SECTION("to the limit") {
    bench.session.tick(now + 9900ms);
    CHECK(bench.session.phase() == Phase::open);
    bench.session.tick(Clock::now() + 10100ms);
    CHECK(bench.session.phase() == Phase::closing);
    CHECK(bench.has_logged("you read too slowly: "));
  }
  SECTION("having read half") {
    bench.session.outbox().consume(bench.session.outbox().size() - 510);
    bench.session.tick(now + 5s);
    bench.session.outbox().consume(20);
    bench.session.tick(now + 6s);
    bench.session.tick(now + 30s);
    CHECK(bench.session.phase() == Phase::open);
    bench.bus->give(std::vector<Message>(100));
    bench.session.forward_from_bus();
    CHECK(std::ranges::count_if(bench.log, [](const auto& line) {
            return line.find("messages are being lost") != line.npos;
          }) == 2);  // a new blocked_reason is told anew
  }
  SECTION("not having read half") {
    bench.session.outbox().consume(bench.session.outbox().size() - 510);
    bench.session.tick(now + 5s);
    bench.session.tick(now + 30s);
    CHECK(bench.session.phase() == Phase::closing);
  }
}

TEST_CASE("remote session: what happens to the bus is told to those who asked", "[remote]") {
  for (const bool wants : {true, false}) {
    Bench bench;
    bench(hello(Version::own, {.wants_notices = wants, .token = {}}));
    bench.bus->say("link is down");
    bench.session.tick(Clock::now());
    CHECK(bench.answer() == (wants ? text(EventId::notice, "link is down") : Bytes{}));
    CHECK(bench.has_logged("link is down"));
    // The note stands before the messages that came after it.
    bench.bus->say("link is up");
    bench.bus->give({{.id = 5}});
    bench.session.forward_from_bus();
    const Bytes frame = message_of(Version::own, {.id = 5});
    CHECK(bench.answer() == (wants ? text(EventId::notice, "link is up") + frame : frame));
  }
}

TEST_CASE("remote session: a bus that failed is told, one more event heard, then it ends",
          "[remote]") {
  Bench bench({.slow_limit = 10s});
  bench(hello(Version::v4));
  bench.bus->give({{.id = 1}});
  bench.bus->fail_with("gone");
  const auto now = Clock::now();
  bench.session.forward_from_bus();
  bench.session.forward_from_bus();
  CHECK(bench.session.phase() == Phase::bus_failed);
  CHECK(bench.answer() ==
        message_of(Version::v4, {.id = 1}) + text(EventId::remote_exception, "gone"));
  bench.session.forward_from_bus();
  CHECK(bench.answer().empty());  // told once
  SECTION("a message is still sent") {
    bench(message_of(Version::v4, {.id = 2}));
    REQUIRE(bench.bus->sent().size() == 1);
    CHECK(bench.bus->sent()[0].id == 2);
    CHECK(bench.session.phase() == Phase::closing);
  }
  SECTION("a client that says nothing has as long as it may") {
    bench.session.tick(now + 9900ms);
    CHECK(bench.session.phase() == Phase::bus_failed);
    bench.session.tick(Clock::now() + 10100ms);
    CHECK(bench.session.phase() == Phase::closing);
  }
}

TEST_CASE("remote session: what waits for a full bus is sent before anything else", "[remote]") {
  Bench bench;
  bench(hello(Version::own, {.wants_success = true, .token = {}}));
  bench.bus->read_only(2);
  Bytes input;
  for (std::uint32_t id = 0; id < 5; ++id) input = input + message_of(Version::own, {.id = id});
  const Bytes sync = number(EventId::sync, 9);
  CHECK(bench.session.handle_input(input + sync) == input.size());
  CHECK(bench.answer() == Bytes{4, 4});  // TransmitSuccess for those sent, no answer to the sync
  CHECK(bench.session.waits_for_bus());
  CHECK(bench.session.handle_input(sync) == 0);
  SECTION("and answered") {
    bench.bus->read_only(100);
    CHECK(bench.session.handle_input(sync) == sync.size());
    CHECK(bench.answer() == Bytes{4, 4, 4} + number(EventId::synced, 9));
    const auto sent = bench.bus->sent();
    REQUIRE(sent.size() == 5);
    for (std::uint32_t id = 0; id < 5; ++id) CHECK(sent[id].id == id);
    CHECK(bench.service.statistics.messages_in == 5);
    CHECK(bench.service.statistics.failed == 0);
  }
  SECTION("and counted where the client goes") {
    bench.session.end_at_once("broken");
    CHECK_FALSE(bench.session.has_more());
    CHECK(bench.service.statistics.messages_in == 2);
    CHECK(bench.service.statistics.failed == 3);
  }
}

TEST_CASE("remote session: new filters are those of the bus", "[remote]") {
  Bench bench;
  bench(hello(Version::own));
  Encoder filters;
  filters.filters(Version::own, std::array{Filter{.id = 0x100, .mask = 0x7FF, .extended = {}}});
  bench(bytes_of(filters));
  bench.bus->give({{.id = 0x100}, {.id = 0x101}});
  bench.session.forward_from_bus();
  CHECK(bench.answer() == message_of(Version::own, {.id = 0x100}));
}

TEST_CASE("remote session: more channels than have numbers lose their names only", "[remote]") {
  Bench bench;
  bench(hello(Version::own));
  std::vector<Message> messages;
  for (std::uint32_t i = 0; i < 257; ++i)
    messages.push_back({.id = i, .channel = Channel("numbered" + std::to_string(i))});
  bench.bus->give(messages);
  for (int i = 0; i < 10; ++i) bench.session.forward_from_bus();
  const Bytes answer = bench.answer();
  std::vector<std::uint8_t> numbers, named;
  Event event;
  for (std::size_t at = 0; at < answer.size();) {
    const std::size_t size = decode(Version::own, std::span(answer).subspan(at), event);
    REQUIRE(size > 0);
    if (event.id == EventId::channel_name) named.push_back(event.channel);
    if (event.id == EventId::frame) numbers.push_back(answer[at + 15]);
    at += size;
  }
  REQUIRE(numbers.size() == 257);
  CHECK(named.size() == 255);
  CHECK(numbers[0] == 1);
  CHECK(numbers[254] == 255);
  CHECK(numbers[255] == 0);
  CHECK(numbers[256] == 0);
}

TEST_CASE("remote session: cyclic messages at their limits", "[remote]") {
  Bench bench;
  bench(hello(Version::v5));
  const auto refused = [&](std::int32_t period, std::int32_t duration) {
    Event event;
    try {
      return decode(Version::v5, cyclic_start(1, period, duration), event) == 0;
    } catch (const Error&) {
      return true;
    }
  };
  CHECK(refused(0, 0));
  CHECK(refused(-1, 0));
  CHECK(refused(1, -1));
  CHECK_FALSE(refused(1, 0));
  SECTION("a period of 0 ends the session") {
    bench(cyclic_start(1, 0));
    CHECK(bench.session.phase() == Phase::closing);
    CHECK(bench.has_logged("protocol error: "));
    CHECK(bench.bus->sent().empty());
  }
  SECTION("a duration shorter than a period is once") {
    bench(cyclic_start(1, 20, 10));
    std::this_thread::sleep_for(100ms);
    CHECK(bench.bus->sent().size() == 1);
  }
  SECTION("256 of them, and not one more") {
    for (std::uint32_t id = 0; id < 256; ++id) bench(cyclic_start(id, 1'000'000));
    CHECK(bench.service.statistics.failed == 0);
    CHECK(bench(cyclic_start(256, 1'000'000)) == Bytes{5});
    CHECK(bench.service.statistics.failed == 1);
    CHECK(bench(cyclic_start(255, 1'000'000)).empty());  // takes the place of another
    CHECK(bench.service.statistics.failed == 1);
  }
  SECTION("one that fails later is told, and makes room") {
    bench(cyclic_start(1, 1));
    bench.bus->refuse_with("bus off");
    for (int i = 0; i < 1000 && bench.service.statistics.failed == 0; ++i) {
      std::this_thread::sleep_for(5ms);
      bench.session.tick(Clock::now());
    }
    CHECK(bench.answer() == Bytes{5});
    CHECK(bench.service.statistics.failed == 1);
    bench.session.tick(Clock::now());
    CHECK(bench.answer().empty());
  }
}

TEST_CASE("remote session: cyclic messages of all clients together", "[remote]") {
  Bench bench;
  std::list<Session> others;
  const auto start = [&](Session& session, std::uint32_t id, std::int32_t period) {
    const auto before = bench.service.statistics.failed;
    feed(session, cyclic_start(id, period));
    return bench.service.statistics.failed == before;
  };
  const auto come = [&]() -> Session& {
    Session& session = others.emplace_back(bench.service, "other");
    feed(session, hello(Version::v5));
    return session;
  };
  SECTION("20,000 a second") {
    Session &first = come(), &second = come(), &third = come();
    for (std::uint32_t id = 0; id < 10; ++id) {
      CHECK(start(first, id, 1));
      CHECK(start(second, id, 1));
    }
    CHECK_FALSE(start(third, 1, 1000));
    feed(first, Bytes{8, 0, 0, 0, 0});  // CyclicMessageStop
    CHECK(start(third, 1, 1));
    CHECK_FALSE(start(third, 2, 1));
    second.end_at_once("gone");
    CHECK(start(third, 2, 1));
  }
  SECTION("1,024") {
    for (int client = 0; client < 4; ++client) {
      Session& session = come();
      for (std::uint32_t id = 0; id < 256; ++id) CHECK(start(session, id, 1'000'000));
    }
    CHECK_FALSE(start(come(), 1, 1'000'000));
    others.pop_front();
    CHECK(start(others.back(), 1, 1'000'000));
  }
}

TEST_CASE("remote session: a wrong token is refused after a second", "[remote]") {
  ServerOptions options;
  options.token = "right";
  Bench bench(options);
  CHECK(bench(hello(Version::own, {.token = "wrong"})).empty());
  bench.session.tick(Clock::now() + 500ms);
  CHECK(bench.answer().empty());
  CHECK(bench(hello(Version::own, {.token = "right"})).empty());  // no second try
  bench.session.tick(Clock::now() + 1100ms);
  CHECK(bench.answer() == text(EventId::remote_exception, "wrong token"));
  CHECK(bench.session.has_ended());
}

TEST_CASE("remote session: so many buses are opened at a time, and the others wait", "[remote]") {
  constexpr std::size_t kAtOnce = 16;
  Bench bench;
  std::atomic<std::size_t> opening = 0;
  std::atomic<bool> released = false;
  bench.service.open = [&](const BusConfig&) {
    ++opening;
    while (!released) std::this_thread::sleep_for(1ms);
    return std::make_unique<ScriptedBus>();
  };
  std::list<Session> sessions;
  for (std::size_t i = 0; i < kAtOnce + 5; ++i)
    sessions.emplace_back(bench.service, "peer").handle_input(hello(Version::v5));
  std::this_thread::sleep_for(50ms);
  CHECK(opening == kAtOnce);
  for (std::size_t i = 0; i < 3; ++i) sessions.pop_front();  // their threads go on
  for (Session& session : sessions) session.handle_input({});
  CHECK(opening == kAtOnce);
  released = true;
  for (int i = 0; i < 1000 && bench.service.statistics.clients < sessions.size(); ++i) {
    std::this_thread::sleep_for(1ms);
    std::erase_if(bench.service.abandoned, [](const OpeningBus& each) {
      return each.wait_for(0s) == std::future_status::ready;
    });
    for (Session& session : sessions) session.handle_input({});
  }
  CHECK(bench.service.statistics.clients == sessions.size());
  CHECK(bench.service.opening == 0);
}

TEST_CASE("remote session: a client that may come again is told so where it knows the word",
          "[remote]") {
  ServerOptions options;
  options.max_clients = 0;
  const bool knows = GENERATE(true, false);
  const EventId id = knows ? EventId::busy : EventId::remote_exception;
  CHECK(Bench(options)(hello(Version::own, {.knows_busy = knows, .token = {}})) ==
        text(id, "this server accepts at most 0 clients"));
}

TEST_CASE("remote: a token is all of its first line, and no other", "[remote]") {
  CHECK(same_token("secret", "secret"));
  CHECK(same_token("", ""));
  for (const char* other : {"", "secre", "secrets", "Secret", "secreT"})
    CHECK_FALSE(same_token("secret", other));

  TemporaryFolder folder;
  const std::string path = folder.path() + "/token";
  const auto read = [&](const std::string& content) {
    std::ofstream(path) << content;
    return read_token(path);
  };
  CHECK(read("open sesame \r\nsecond line") == "open sesame");
  CHECK(read(std::string(255, 't')).size() == 255);
  CHECK_THROWS_WITH(read(std::string(256, 't')),
                    path + ": expected a token of 1 to 255 bytes in the first line");
  CHECK_THROWS_AS(read("\nsecond line"), Error);
  CHECK_THROWS_AS(read(""), Error);
}

TEST_CASE("outbox: takes its limit, to the byte, and the last words beyond it", "[remote]") {
  Outbox outbox(100);
  CHECK(outbox.add(Bytes(60, 1)));
  CHECK_FALSE(outbox.add(Bytes(41, 2)));
  CHECK(outbox.size() == 60);
  CHECK(outbox.room(41) == nullptr);
  CHECK(outbox.room(40) != nullptr);
  CHECK(outbox.add(Bytes(40, 2)));
  CHECK_FALSE(outbox.add(Bytes(1, 3)));
  outbox.add_last(Bytes(5, 4));
  CHECK(outbox.size() == 105);
  outbox.consume(50);
  const auto waiting = outbox.waiting();
  CHECK(Bytes(waiting.begin(), waiting.end()) == Bytes(10, 1) + Bytes(40, 2) + Bytes(5, 4));
  CHECK_FALSE(outbox.add(Bytes(46, 5)));
  CHECK(outbox.add(Bytes(45, 5)));
  outbox.consume(100);
  CHECK(outbox.empty());
}
