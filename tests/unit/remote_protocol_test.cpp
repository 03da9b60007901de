// SPDX-License-Identifier: MIT
// The remote protocol's bytes, and what a server answers to them, without sockets.

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <thread>

#include "cansuite/interfaces.h"
#include "cansuite/sendable.h"
#include "libcan/model/fail.h"
#include "libcan/remote/encodings.h"
#include "libcan/remote/session.h"
#include "tests/sample.h"

using namespace can;
using namespace can::remote;
using namespace std::chrono_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes hex(std::string_view text) {
  Bytes bytes;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;)
    for (std::size_t i = 0; i + 1 < word.size(); i += 2)
      bytes.push_back(static_cast<std::uint8_t>(std::stoi(word.substr(i, 2), nullptr, 16)));
  return bytes;
}

template <class... Arguments>
Bytes encoded(void (Encoder::*write)(Arguments...), std::type_identity_t<Arguments>... arguments) {
  Encoder encoder;
  (encoder.*write)(arguments...);
  return {encoder.bytes().begin(), encoder.bytes().end()};
}

Bytes encoded(Version version, const Message& message, std::uint8_t channel = 0) {
  std::array<std::uint8_t, kLongestFrame> out{};
  const std::size_t size = encode_message(version, message, channel, out);
  return {out.begin(), out.begin() + static_cast<long>(size)};
}

Event decoded(Version version, const Bytes& bytes) {
  Event event;
  REQUIRE(decode(version, bytes, event) == bytes.size());
  return event;
}

/// A bus of a test: what it has sent, and what it is told to do.
struct Script {
  std::vector<Message> sent, coming;
  std::size_t room = 1000;  // messages that it still takes
  std::string receive_error, send_error;
};

class ScriptedBus final : public Bus {
 public:
  explicit ScriptedBus(Script& script) : script_(script) {}
  int descriptor() const override { return -1; }
  std::string name() const override { return "scripted"; }
  std::string details() const override { return "Virtual bus channel peer"; }

 protected:
  std::size_t send_some(std::span<const Message> messages) override {
    if (!script_.send_error.empty()) fail(Errc::io, "{}", script_.send_error);
    const auto good = sendable(messages.first(std::min(messages.size(), script_.room)), true);
    if (good.empty() && script_.room > 0) refuse(name(), messages[0]);
    script_.sent.insert(script_.sent.end(), good.begin(), good.end());
    script_.room -= good.size();
    return good.size();
  }
  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds) override {
    if (!script_.receive_error.empty()) fail(Errc::io, "{}", script_.receive_error);
    const std::size_t count = std::min(out.size(), script_.coming.size());
    std::copy_n(script_.coming.begin(), count, out.begin());
    script_.coming.erase(script_.coming.begin(), script_.coming.begin() + static_cast<long>(count));
    return count;
  }

 private:
  Script& script_;
};

/// As session.handle_input(), again and again until nothing more of it can be taken: its turn may
/// end before that, and the bus takes its time to open.
std::size_t feed(Session& session, std::span<const std::uint8_t> bytes) {
  std::size_t used = session.handle_input(bytes);
  while (session.has_more()) {
    std::this_thread::sleep_for(1ms);
    used += session.handle_input(bytes.subspan(used));
  }
  return used;
}

/// A server without sockets.
struct Bench {
  Script script;
  BusConfig opened;
  Service service{.options = {},
                  .config = {},
                  .open =
                      [this](const BusConfig& config) {
                        opened = config;
                        auto bus = std::make_unique<ScriptedBus>(script);
                        bus->set_filters(config.filters);
                        return std::unique_ptr<Bus>(std::move(bus));
                      },
                  .log = [](LogLevel, const std::string&) {}};
  Session session{service, "test"};

  /// What the server sends back.
  Bytes answer() {
    const auto waiting = session.outbox().waiting();
    Bytes bytes(waiting.begin(), waiting.end());
    session.outbox().consume(bytes.size());
    return bytes;
  }
  Bytes answer_to(const Bytes& bytes) {
    CHECK(feed(session, bytes) == bytes.size());
    return answer();
  }
};

const Bytes kHello4 = hex("01 04 00 07 a1 20 0a 00"), kHello5 = hex("01 05 00 07 a1 20 0a 00");
const Bytes kHello64 = hex("01 40 00000000  20 00 00000000 00  21 00");
const Bytes kResponse = hex("02 18 5669727475616c20627573206368616e6e656c2070656572");
const Bytes kMessage = hex("03 0000000000000000 00000123 04 00 0102030400000000");

}  // namespace

TEST_CASE("remote protocol: the bytes of each event", "[remote]") {
  CHECK(encoded(&Encoder::bus_request, Version::v4, 500'000) == hex("01 04 0007a120"));
  CHECK(encoded(&Encoder::bus_request, Version::v5, -5) == hex("01 05 fffffffb"));
  CHECK(encoded(&Encoder::text, EventId::bus_response, "peer") == hex("02 04 70656572"));
  CHECK(encoded(&Encoder::plain, EventId::transmit_success) == hex("04"));
  CHECK(encoded(&Encoder::text, EventId::remote_exception, "å") == hex("06 02 c3a5"));
  const Filters filters = {{.id = 0x100, .mask = 0x7FF, .extended = {}},
                           {.id = 0x123, .mask = 0x1FFFFFFF, .extended = true}};
  CHECK(encoded(&Encoder::filters, Version::v4, std::span(filters).first(1)) ==
        hex("0a 01 00000100 000007ff"));
  CHECK(encoded(&Encoder::filters, Version::v5, filters) ==
        hex("0a 02 00000100 000007ff 80000123 9fffffff"));
  CHECK(encoded(&Encoder::filters, Version::own, filters) ==
        hex("21 02 00000100 000007ff 00 00000123 1fffffff 03"));
  CHECK(encoded(
            &Encoder::session_request,
            SessionRequest{
                .receive_own = true, .fd_off = true, .data_bitrate = 2'000'000, .token = "key"}) ==
        hex("20 09 001e8480 03 6b6579"));
  CHECK(encoded(&Encoder::session_info, true) == hex("22 01"));
  CHECK(encoded(&Encoder::channel_name, 1, "can0") == hex("24 01 04 63616e30"));
  CHECK(encoded(&Encoder::text, EventId::send_failed, "no") == hex("25 02 6e6f"));
  CHECK(encoded(&Encoder::number, EventId::lost, 258) == hex("26 0000000000000102"));
}

TEST_CASE("remote protocol: messages of versions 4 and 5", "[remote]") {
  const Message standard = {.id = 0x123, .length = 4, .data = {1, 2, 3, 4}};
  CHECK(encoded(Version::v4, standard) == kMessage);
  CHECK(encoded(Version::v4, {.id = 0x321, .length = 5, .remote = true}) ==
        hex("03 0000000000000000 00000321 05 02 0000000000000000"));
  CHECK(encoded(Version::v5, {.id = 0, .length = 1, .error = true, .data = {0x55}}) ==
        hex("03 0000000000000000 00000000 01 04 5500000000000000"));
  // A time that was recorded, to the last bit of the double.
  const Message timed = {.timestamp = 1'795'204'362'954'263'210ns, .id = 0x123, .length = 0};
  CHECK(encoded(Version::v4, timed) == hex("03 41dac02942bd12a6 00000123 00 00 0000000000000000"));
  const Event event = decoded(Version::v4, encoded(Version::v4, timed));
  CHECK(std::chrono::abs(event.message.timestamp - timed.timestamp) < 200ns);
  // Bits we don't know and bytes behind the length mean nothing; neither does a time that is none.
  const Event odd =
      decoded(Version::v4, hex("03 7ff8000000000000 00000123 01 f8 aabbccddeeff0011"));
  CHECK(odd.message == Message{.id = 0x123, .length = 1, .data = {0xAA}});
  CHECK(odd.message.timestamp == 0ns);
}

TEST_CASE("remote protocol: version 64 keeps all of a message", "[remote]") {
  for (const Message& message : sample({.fd = true,
                                .error = true,
                                .error_detail = true,
                                .remote = true,
                                .direction = true,
                                .raw_dlc = true})) {
    Message expected = message;
    expected.channel = {};
    const Bytes bytes = encoded(Version::own, message);
    Message got;
    const Run run = decode_messages(Version::own, bytes, {}, {&got, 1});
    REQUIRE(run.messages == 1);
    CHECK(run.bytes == bytes.size());
    CHECK(got == expected);
    CHECK(got.raw_dlc == message.raw_dlc);
  }
  CHECK(encoded(Version::own,
                {.timestamp = 1ns,
                 .id = 0x1ABCDEF0,
                 .length = 2,
                 .extended = true,
                 .fd = true,
                 .brs = true,
                 .data = {7, 8}},
                3) == hex("23 0000000000000001 1abcdef0 19 02 03 0708"));
}

TEST_CASE("remote protocol: what several clients get is encoded once, and right for each",
          "[remote]") {
  const auto messages = std::make_shared<std::array<Message, 20>>();
  for (std::uint8_t i = 0; i < 20; ++i)
    (*messages)[i] = {.timestamp = i * 1s, .id = i, .length = 8, .extended = i > 10};
  (*messages)[1] = {.length = 64, .fd = true};
  Encodings encodings;
  const auto check = [&](Version version, std::uint8_t channel, std::size_t first,
                         std::size_t size) {
    const auto part = std::span<const Message>(*messages).subspan(first, size);
    Bytes expected;
    for (const Message& message : part)
      for (std::uint8_t byte : encoded(version, message, channel)) expected.push_back(byte);
    const auto bytes = encodings.of(version, channel, {messages, part});
    CHECK(Bytes(bytes.begin(), bytes.end()) == expected);
    return bytes.data();
  };
  const auto* bytes = check(Version::v4, 0, 2, 18);
  CHECK(check(Version::v4, 0, 2, 18) == bytes);
  CHECK(check(Version::own, 1, 0, 20) != bytes);
  check(Version::own, 2, 0, 20);
  check(Version::v4, 0, 2, 17);
  check(Version::v4, 0, 3, 17);
  for (std::size_t i = 2; i < 19; ++i) check(Version::own, 1, i, 1);  // more than are kept
  CHECK(messages.use_count() == 1 + Encodings::kViews);
  check(Version::v4, 0, 2, 18);
}

TEST_CASE("remote protocol: an event is decoded when it is there as a whole", "[remote]") {
  const std::pair<Version, Bytes> events[] = {
      {Version::v4, hex("01 04 0007a120")},
      {Version::v4, hex("02 02 6869")},
      {Version::v4, kMessage},
      {Version::v4, hex("0a 02 00000100 000007ff 00000101 000007ff")},
      {Version::v5, hex("07 00000064 00000000 00000123 02 01 0102000000000000")},
      {Version::v5, hex("08 00000123")},
      {Version::own, hex("20 00 00000000 03 6b6579")},
      {Version::own, hex("21 01 00000100 000007ff 04")},
      {Version::own, hex("23 0000000000000001 00000123 00 02 00 0708")},
      {Version::own, hex("24 01 04 63616e30")},
      {Version::own, hex("27 0000000000000001")}};
  for (const auto& [version, bytes] : events) {
    CAPTURE(int{bytes[0]});
    Event event;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CAPTURE(size);
      CHECK(decode(version, std::span(bytes).first(size), event) == 0);
    }
    Bytes more = bytes;
    more.push_back(0xFF);
    CHECK(decode(version, more, event) == bytes.size());
  }
}

TEST_CASE("remote protocol: what is no event is refused", "[remote]") {
  Event event;
  for (int id = 0; id < 256; ++id) {
    const Bytes bytes(3000, static_cast<std::uint8_t>(id));
    for (Version version : {Version::v4, Version::v5}) {
      const bool known = (id >= 1 && id <= 6) || id == 10 || id == 255 ||
                         (id == 9 && version == Version::v4) ||
                         ((id == 7 || id == 8) && version == Version::v5);
      CAPTURE(id, static_cast<int>(version));
      // A message of 3 or 9 bytes' length 3 or 9: the latter is too long.
      if (!known || id == 9)
        CHECK_THROWS_AS(decode(version, bytes, event), Error);
      else
        CHECK_NOTHROW(decode(version, bytes, event));
    }
  }
  CHECK_THROWS_WITH(
      decode(Version::v4, hex("03 0000000000000000 00000123 09 00 0000000000000000"), event),
      "a message of 9 bytes");
  CHECK_THROWS_AS(decode(Version::own, hex("23 0000000000000000 00000123 00 10 00"), event), Error);
}

TEST_CASE("remote protocol: a text is cut between two letters", "[remote]") {
  const Bytes bytes =
      encoded(&Encoder::text, EventId::remote_exception, std::string(254, 'x') + "åäö");
  const Event event = decoded(Version::v4, bytes);
  CHECK(event.text == std::string(254, 'x'));
  CHECK(printable("a\x1B[31mb\n") == "a?[31mb?");
}

TEST_CASE("remote protocol: which filters a version can say", "[remote]") {
  const Filter plain = {.id = 1, .mask = 2, .extended = {}};
  const Filter kind = {.id = 1, .mask = 2, .extended = true};
  const Filter inverted = {.id = 1, .mask = 2, .extended = {}, .inverted = true};
  CHECK(fits(Version::v4, std::array{plain}));
  CHECK_FALSE(fits(Version::v4, std::array{plain, kind}));
  CHECK(fits(Version::v5, std::array{kind}));
  CHECK_FALSE(fits(Version::v5, std::array{inverted}));
  CHECK(fits(Version::own, std::array{plain, kind, inverted}));
  CHECK_FALSE(fits(Version::own, std::vector<Filter>(256, plain)));
  CHECK_FALSE(fits(Version::own, std::array{parse_filter("data:1:7FF")}));
  for (Version version : {Version::v5, Version::own}) {
    const Event event =
        decoded(version, encoded(&Encoder::filters, version, std::array{plain, kind}));
    CHECK(event.filters == Filters{plain, kind});
  }
}

TEST_CASE("remote session: a handshake and messages, byte for byte", "[remote]") {
  for (const Bytes& hello : {kHello4, kHello5}) {
    Bench bench;
    CHECK(bench.answer_to(hello) == kResponse);
    CHECK(bench.opened.bitrate == 500'000);
    CHECK(bench.opened.fd == false);
    CHECK(bench.answer_to(kMessage).empty());
    REQUIRE(bench.script.sent.size() == 1);
    CHECK(bench.script.sent[0] == Message{.id = 0x123, .length = 4, .data = {1, 2, 3, 4}});
    bench.script.coming = bench.script.sent;
    bench.session.forward_from_bus();
    CHECK(bench.answer() == kMessage);
    bench.session.end_of_input();
    CHECK(bench.session.has_ended());
    CHECK(bench.answer().empty());
  }
}

TEST_CASE("remote session: input in any pieces comes to the same", "[remote]") {
  Bytes all = kHello64;
  for (int i = 0; i < 3; ++i) {
    const Bytes frame = encoded(Version::own, {.id = 0x100, .length = 12, .fd = true});
    all.insert(all.end(), frame.begin(), frame.end());
  }
  for (std::size_t piece = 1; piece <= all.size(); ++piece) {
    Bench bench;
    std::size_t used = 0;
    for (std::size_t end = piece; used < all.size(); end = std::min(end + piece, all.size()))
      used += feed(bench.session, std::span(all).subspan(used, end - used));
    CHECK(bench.script.sent.size() == 3);
    Bytes expected = kResponse;
    expected.insert(expected.end(), {0x22, 0x00});
    CHECK(bench.answer() == expected);
  }
}

TEST_CASE("remote session: filters and bit rates reach the bus; the server's own rate wins",
          "[remote]") {
  Bench bench;
  bench.answer_to(hex("01 04 0001e848 0a 01 00000100 000007ff"));
  CHECK(bench.opened.bitrate == 125'000);
  CHECK(bench.opened.filters == Filters{{.id = 0x100, .mask = 0x7FF, .extended = {}}});
  bench.script.coming = {{.id = 0x100}, {.id = 0x500}};
  bench.session.forward_from_bus();
  CHECK(bench.answer().size() == kMessageSize);

  Bench forced;
  forced.service.config.bitrate = 250'000;
  forced.answer_to(kHello4);
  CHECK(forced.opened.bitrate == 250'000);
}

TEST_CASE("remote session: what is refused, and in which words", "[remote]") {
  const auto exception = [](std::string_view text) {
    return encoded(&Encoder::text, EventId::remote_exception, text);
  };
  SECTION("garbage is no client: nothing is sent") {
    Bench bench;
    CHECK(bench.answer_to(hex("47 45 54 20 2f")).empty());
    CHECK(bench.session.has_ended());
  }
  SECTION("a version we don't know") {
    Bench bench;
    CHECK(bench.answer_to(hex("01 03 00000000")) ==
          exception("expected protocol version 4, 5 or 64, got 3"));
    CHECK(bench.session.has_ended());
  }
  SECTION("a bus that doesn't open") {
    Bench bench;
    bench.service.open = [](const BusConfig&) -> std::unique_ptr<Bus> {
      fail(Errc::not_found, "No such device åäö");
    };
    CHECK(bench.answer_to(kHello5) == hex("06 15 4e6f207375636820646576696365 20c3a5c3a4c3b6"));
    CHECK(bench.session.has_ended());
  }
  SECTION("an event that isn't known, after the handshake") {
    Bench bench;
    bench.answer_to(kHello4);
    CHECK(bench.answer_to(hex("0b")) ==
          exception("protocol error: event 11 isn't known in version 4"));
  }
  SECTION("too many clients") {
    Bench bench;
    bench.service.options.max_clients = 0;
    CHECK(bench.answer_to(kHello4) == exception("this server accepts at most 0 clients"));
  }
  SECTION("no token, or a wrong one") {
    Bench bench;
    bench.service.options.token = "secret";
    CHECK(bench.answer_to(kHello4) ==
          exception("this server requires a token, which only cansuite's clients send"));
    Session other(bench.service, "other");
    const Bytes hello = hex("01 40 00000000 20 00 00000000 06 736563726557");
    feed(other, hello);
    CHECK(other.phase() == Phase::wrong_token);
    Session right(bench.service, "right");
    feed(right, hex("01 40 00000000 20 00 00000000 06 736563726574 21 00"));
    CHECK(right.phase() == Phase::open);
  }
}

TEST_CASE("remote session: what can't be sent is answered", "[remote]") {
  Bench bench;
  bench.answer_to(kHello4);
  SECTION("a frame that can't be") {
    CHECK(bench.answer_to(hex("03 0000000000000000 00000800 00 00 0000000000000000")) == hex("05"));
  }
  SECTION("a bus that refuses") {
    bench.script.send_error = "no";
    CHECK(bench.answer_to(kMessage) == hex("05"));
  }
  SECTION("a server that is read-only") {
    bench.service.options.read_only = true;
    CHECK(bench.answer_to(kMessage) == hex("05"));
    CHECK(bench.script.sent.empty());
  }
  CHECK(bench.service.statistics.failed == 1);
  CHECK(bench.session.phase() == Phase::open);
}

TEST_CASE("remote session: a bus that is full takes the rest later", "[remote]") {
  Bench bench;
  bench.answer_to(kHello4);
  bench.script.room = 2;
  Bytes input;
  for (int i = 0; i < 3; ++i) input.insert(input.end(), kMessage.begin(), kMessage.end());
  input.insert(input.end(), kMessage.begin(), kMessage.end());
  input[3 * kMessage.size()] = 9;  // MessageUpdate: an event that is handled by itself

  CHECK(bench.session.handle_input(input) == 3 * kMessage.size());  // the run is decoded once
  CHECK(bench.session.has_more());
  CHECK(bench.session.waits_for_bus());
  CHECK(bench.script.sent.size() == 2);
  const auto rest = std::span(input).subspan(3 * kMessage.size());
  CHECK(bench.session.handle_input(rest) == 0);
  CHECK(bench.session.waits_for_bus());

  bench.script.room = 1;
  CHECK(bench.session.handle_input(rest) == kMessage.size());
  CHECK(bench.script.sent.size() == 3);
  CHECK(bench.session.handle_input({}) == 0);
  CHECK(bench.session.waits_for_bus());
  bench.script.room = 1;
  CHECK(bench.session.handle_input({}) == 0);
  CHECK(!bench.session.has_more());
  CHECK(!bench.session.waits_for_bus());
  CHECK(bench.script.sent.size() == 4);
  CHECK(bench.service.statistics.messages_in == 4);
  CHECK(bench.service.statistics.failed == 0);
}

TEST_CASE("remote session: cyclic messages of version 5", "[remote]") {
  Service service{
      .options = {}, .config = {}, .open = open_bus, .log = [](LogLevel, const std::string&) {}};
  service.config.interface = "virtual";
  service.config.channel = "cyclic";
  auto listener = open_bus(service.config);
  const auto received = [&](std::chrono::nanoseconds wait) {
    Message message;
    return listener->receive({&message, 1}, wait) == 1 ? std::optional(message) : std::nullopt;
  };
  auto session = std::make_unique<Session>(service, "test");
  feed(*session, kHello5);
  REQUIRE(session->phase() == Phase::open);
  SECTION("for a duration") {
    session->handle_input(
        hex("07 00000032 000000c8 00000123 02 00 0102000000000000"));  // 50 ms, 200 ms
    for (int i = 0; i < 4; ++i) {
      const auto message = received(10s);
      REQUIRE(message);
      CHECK(message->id == 0x123);
      CHECK(message->length == 2);
    }
    CHECK_FALSE(received(200ms));
  }
  SECTION("until they are stopped; and started again") {
    for (int round = 0; round < 2; ++round) {
      session->handle_input(hex("07 00000005 00000000 00000123 00 00 0000000000000000"));
      for (int i = 0; i < 5; ++i) CHECK(received(10s));
      session->handle_input(hex("08 00000123"));
      while (received(0ns)) {
      }
      CHECK_FALSE(received(50ms));
    }
  }
  SECTION("only so many of them, and so many a second") {
    const auto start = [&](std::uint32_t id, std::uint32_t period_ms) {
      session->handle_input(
          hex(fmt::format("07 {:08x} 00000000 {:08x} 00 01 0000000000000000", period_ms, id)));
      return service.statistics.failed;
    };
    for (std::uint32_t id = 0; id < 9; ++id) CHECK(start(id, 1) == 0);
    CHECK(start(19, 2) == 0);
    CHECK(start(20, 2) == 0);  // 10,000 a second
    CHECK(start(21, 10'000) == 1);
    CHECK(start(20, 2) == 1);  // one that takes the place of another is none more
    CHECK(start(20, 1) == 2);
    session->handle_input(hex("08 00000000"));
    for (std::uint32_t id = 0x100; id < 0x100 + 256 - 9; ++id) CHECK(start(id, 100'000) == 2);
    CHECK(start(0x300, 100'000) == 3);
  }
  SECTION("until their client goes") {
    session->handle_input(hex("07 00000005 00000000 00000123 00 00 0000000000000000"));
    CHECK(received(10s));
    session->end_of_input();
    while (received(0ns)) {
    }
    CHECK_FALSE(received(50ms));
  }
  SECTION("not of a server that is read-only") {
    service.options.read_only = true;
    session->outbox().consume(session->outbox().size());
    session->handle_input(hex("07 00000005 00000000 00000123 00 00 0000000000000000"));
    CHECK(session->outbox().size() == 1);  // TransmitFail
    CHECK_FALSE(received(50ms));
  }
}

TEST_CASE("remote session: version 64 answers as asked", "[remote]") {
  Bench bench;
  bench.service.options.read_only = false;
  bench.answer_to(hex("01 40 00000000  20 02 00000000 00  21 00"));  // wants TransmitSuccess
  const Bytes frame = encoded(Version::own, {.id = 0x10});
  CHECK(bench.answer_to(frame) == hex("04"));
  CHECK(bench.answer_to(hex("27 0000000000000007")) == hex("28 0000000000000007"));
  bench.script.send_error = "no";
  CHECK(bench.answer_to(frame) == hex("25 02 6e6f"));
  bench.script.coming = {{.id = 1, .channel = Channel("can0")},
                         {.id = 2, .channel = Channel("can0")}};
  bench.session.forward_from_bus();
  CHECK(bench.answer() == hex("24 01 04 63616e30 23 0000000000000000 00000001 00 00 01"
                              "23 0000000000000000 00000002 00 00 01"));
}

TEST_CASE("remote session: a client that doesn't read loses messages, then the connection",
          "[remote]") {
  Bench bench;
  bench.service.options.buffer = 1000;
  Session session(bench.service, "slow");
  feed(session, kHello4);
  bench.script.coming.resize(100);
  session.forward_from_bus();
  CHECK(session.outbox().size() <= 1000);
  CHECK(bench.service.statistics.dropped > 50);
  const auto now = std::chrono::steady_clock::now();
  session.tick(now);
  CHECK_FALSE(session.has_ended());
  session.tick(now + 11s);
  CHECK(session.has_ended());
  CHECK(session.outbox().size() <= 1000 + 257);
}

// ---- recorded sessions

namespace {

/// A line of a recording: who sent which event over which connection, or closed it.
struct Step {
  std::string client;
  bool from_client = false, is_end = false;
  Bytes bytes;
};

/// The sessions of a recording by name.
std::map<std::string, std::vector<Step>> read_recording(const std::string& name) {
  std::ifstream file(CANSUITE_SOURCE_DIR "/tests/unit/recorded/" + name);
  REQUIRE(file);
  std::map<std::string, std::vector<Step>> sessions;
  std::string session;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string client, direction, word;
    words >> client >> direction;
    if (client == "=====") session = direction;
    if (client == "=====" || client == "#") continue;
    Step step = {.client = client, .from_client = direction == "C>S", .is_end = false, .bytes = {}};
    while (words >> word && !step.is_end) {
      step.is_end = word == "FIN";
      if (!step.is_end)
        step.bytes.push_back(static_cast<std::uint8_t>(std::stoi(word, nullptr, 16)));
    }
    sessions[session].push_back(std::move(step));
  }
  return sessions;
}

Bytes without_time(Bytes event) {
  if (event.size() == kMessageSize && event[0] == 3)
    std::fill_n(event.begin() + 1, 8, std::uint8_t{0});
  return event;
}

/// A server for a recorded session, with a bus that fails as the recorded one did.
class Replay {
 public:
  Replay(const std::string& name, bool echoes) : name_(name) {
    service_.config.interface = "virtual";
    service_.config.channel = "peer";
    service_.config.receive_own_messages = echoes;
    if (name == "failopen")
      service_.open = [](const BusConfig&) -> std::unique_ptr<Bus> {
        fail(Errc::not_found, "No such device åäö");
      };
    if (name == "failsend" || name == "failrecv")
      service_.open = [this](const BusConfig&) { return std::make_unique<ScriptedBus>(script_); };
    script_.send_error = name == "failsend" ? "no" : "";
    script_.receive_error = name == "failrecv" ? "Bus heavy å" : "";
  }

  void play(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      CAPTURE(name_, step.client, step.from_client, step.bytes);
      Client& client = clients_[step.client];
      if (client.session == nullptr) client.session = std::make_unique<Session>(service_, "test");
      if (step.from_client)
        hear(client, step);
      else if (step.is_end)
        CHECK(client.session->has_ended());
      else
        expect(client, step.bytes);
    }
    for (auto& [id, client] : clients_) CHECK(client.session->outbox().empty());
  }

 private:
  struct Client {
    std::unique_ptr<Session> session;
    Filters filters;
  };

  void hear(Client& client, const Step& step) {
    if (step.is_end) return client.session->end_of_input();
    CHECK(feed(*client.session, step.bytes) == step.bytes.size());
    Event event;
    decode(Version::v4, step.bytes, event);
    if (event.id == EventId::filters) client.filters = event.filters;
    for (auto& [id, other] : clients_) other.session->forward_from_bus();
  }

  void expect(Client& client, const Bytes& event) {
    Outbox& outbox = client.session->outbox();
    if (outbox.empty() && event[0] == 3 && !come_from_bus(client, event)) return;
    REQUIRE(outbox.size() >= event.size());
    const auto waiting = outbox.waiting().first(event.size());
    CHECK(without_time({waiting.begin(), waiting.end()}) == without_time(event));
    outbox.consume(event.size());
  }

  /// The message came from elsewhere on the bus. False when the client's filters, which the
  /// original's virtual bus ignores, keep it out.
  bool come_from_bus(Client& client, const Bytes& bytes) {
    Event event;
    decode(Version::v4, bytes, event);
    if (name_ == "failsend")
      script_.coming = {event.message};
    else
      elsewhere_->send({&event.message, 1});
    client.session->forward_from_bus();
    const bool passes = matches(client.filters, event.message);
    CHECK(client.session->outbox().empty() == !passes);
    return passes;
  }

  const std::string name_;
  Script script_;
  Service service_{
      .options = {}, .config = {}, .open = open_bus, .log = [](LogLevel, const std::string&) {}};
  std::unique_ptr<Bus> elsewhere_ = [] {
    BusConfig config;
    config.interface = "virtual";
    config.channel = "peer";
    return open_bus(config);
  }();
  std::map<std::string, Client> clients_;
};

}  // namespace

TEST_CASE("remote session: recorded sessions of the original replay byte for byte", "[remote]") {
  for (const auto& [file_name, count] : {std::pair{"remote_v4.txt", 4}, {"remote_v5.txt", 7}}) {
    const auto sessions = read_recording(file_name);
    CHECK(sessions.size() == static_cast<std::size_t>(count));
    for (const auto& [name, steps] : sessions) {
      if (name == "other") continue;  // a server of version 5 refuses version 4; ours speaks both
      // Version 4's virtual bus gives senders their own messages back.
      const bool echoes =
          std::string_view(file_name).find("v4") != std::string_view::npos && name == "basic";
      Replay(name, echoes).play(steps);
    }
  }
}
