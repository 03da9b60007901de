// SPDX-License-Identifier: MIT
// Addresses, topics and pauses of publications.
#include <catch2/catch.hpp>

#include "cansuite/error.h"
#include "libcan/fleet/backoff.h"
#include "libcan/fleet/mosquitto.h"
#include "libcan/fleet/position.h"
#include "libcan/fleet/run_watch.h"
#include "libcan/fleet/url.h"
#include "libcan/fleet/vehicle_topic.h"

#if __has_include(<mosquitto.h>)
#include <mosquitto.h>

// The types of the header that libmosquitto comes with.
using can::fleet::MosquittoMessage;
static_assert(sizeof(MosquittoMessage) == sizeof(mosquitto_message) &&
              offsetof(MosquittoMessage, payload) == offsetof(mosquitto_message, payload) &&
              offsetof(MosquittoMessage, size) == offsetof(mosquitto_message, payloadlen));
static_assert(can::fleet::kMosquittoErrno == MOSQ_ERR_ERRNO &&
              can::fleet::kMosquittoNoDelay == MOSQ_OPT_TCP_NODELAY);
#endif

using namespace can;
using namespace can::fleet;
using namespace std::chrono_literals;

TEST_CASE("the address of a topic at a broker", "[fleet]") {
  const Url plain = parse_url("mqtt://localhost/fleet/car17");
  CHECK(plain.broker.host == "localhost");
  CHECK(plain.broker.port == 1883);
  CHECK_FALSE(plain.tls);
  CHECK(plain.topic == "fleet/car17");
  const Url encrypted = parse_url("mqtts://[2001:db8::1]/car");
  CHECK(encrypted.broker.host == "2001:db8::1");
  CHECK(encrypted.broker.port == 8883);
  CHECK(encrypted.tls);
  CHECK(encrypted.text() == "mqtts://[2001:db8::1]:8883/car");
  CHECK(parse_url("mqtt://h:9/a/+", Wildcards::allow).topic == "a/+");
  CHECK(is_url("mqtts://x"));
  CHECK_FALSE(is_url("mqtt/x.blf"));
}

TEST_CASE("addresses that are none", "[fleet]") {
  for (const char* text : {"http://h/t", "mqtt://h", "mqtt://h/", "mqtt:///t", "mqtt://h/a//b",
                           "mqtt://h/a/", "mqtt://h/+", "mqtt://h/a/#", "mqtt://h/a+b",
                           "mqtt://h/$SYS/a", "mqtt://h:0/t", "mqtt://h:70000/t", "mqtt://h/a\nb",
                           "mqtt://h/\xff", "mqtt://user:secret@h/t", "mqtt://h//a"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_url(text), Error);
  }
  CHECK_THROWS_AS(parse_url("mqtt://h/#", Wildcards::allow), Error);
  CHECK_THROWS_AS(parse_url("mqtt://h/" + std::string(201, 'a')), Error);
  CHECK_THROWS_WITH(parse_url("mqtt://user:secret@h/t"), !Catch::Contains("secret"));
}

TEST_CASE("what means this machine", "[fleet]") {
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1"})
    CHECK(is_this_machine(host));
  for (const char* host :
       {"127.0.0.1.example.org", "192.0.2.1", "localhost.example.org", "::2", ""})
    CHECK_FALSE(is_this_machine(host));
}

TEST_CASE("the vehicle of a topic", "[fleet]") {
  const auto parts = parse_topic("fleet/car17/raw");
  REQUIRE(parts);
  CHECK(parts->topic == "fleet/car17");
  CHECK(parts->part == "/raw");
  CHECK_FALSE(parse_topic("raw"));
  CHECK_FALSE(parse_topic("/raw"));
  CHECK(vehicle_of("fleet/+", "fleet/car17") == "car17");
  CHECK(vehicle_of("fleet/car17", "fleet/car17") == "car17");
  CHECK(vehicle_of("+/+", "fleet/car17") == "fleet/car17");
  CHECK(vehicle_of("fleet/+", "fleet/a/b").empty());
  CHECK(vehicle_of("fleet/+", "other/a").empty());
  CHECK(vehicle_of("fleet/+/x", "fleet/a").empty());
}

TEST_CASE("positions as text", "[fleet]") {
  const Position position{0x00c0ffee12345678, 149};
  CHECK(to_text(position) == "00c0ffee12345678 149");
  CHECK(parse_position(to_text(position)) == position);
  for (const char* text :
       {"", "00c0ffee12345678", "00c0ffee12345678 ", "00c0ffee12345678 -1", "00c0ffee1234567g 1",
        "00c0ffee12345678 1 ", "00c0ffee12345678 99999999999999999999"})
    CHECK_FALSE(parse_position(text));
}

TEST_CASE("pauses between attempts grow, and differ", "[fleet]") {
  Backoff backoff(500ms, 60s);
  CHECK(backoff.next(0) == 250ms);
  CHECK(backoff.next(0.5) == 750ms);
  for (int i = 0; i < 10; ++i) backoff.next(0);
  CHECK(backoff.next(0) == 30s);
  CHECK(backoff.next(0.999) < 60s);
  backoff.reset();
  CHECK(backoff.next(0) == 250ms);
}

TEST_CASE("runs of a vehicle that come by turns are of two programs", "[fleet]") {
  const auto pairs = [](std::initializer_list<std::uint64_t> runs) {
    RunWatch watch;
    std::vector<RunWatch::Pair> all;
    for (const std::uint64_t run : runs)
      if (const auto pair = watch.add(run)) all.push_back(*pair);
    return all;
  };
  using Pairs = std::vector<RunWatch::Pair>;
  CHECK(pairs({1, 1, 2, 2, 3, 4}).empty());  // one behind the other
  CHECK(pairs({1, 2, 1, 3}).empty());        // a conversion before the rest of a killed program
  CHECK(pairs({1, 2, 1, 2, 1}) == Pairs{{1, 2}});
  CHECK(pairs({1, 2, 1, 2, 1, 2, 1, 2, 1}) == Pairs{{1, 2}});
  CHECK(pairs({1, 2, 3, 1, 2, 3, 1, 2, 3}) == Pairs{{1, 3}, {2, 1}});
}
