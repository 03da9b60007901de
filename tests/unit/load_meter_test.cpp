// SPDX-License-Identifier: MIT
#include "libcan/flow/load_meter.h"

#include <catch2/catch.hpp>

using namespace can;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kBits = 1 + 11 + 3 + 4 + 64 + 16 + 2 + 7 + 3;  // of 8 bytes, standard id

Message frame(const char* channel) {
  Message message;
  message.channel = Channel(channel);
  message.length = 8;
  return message;
}

std::vector<Message> frames(const char* channel, std::size_t count) {
  return std::vector<Message>(count, frame(channel));
}

}  // namespace

TEST_CASE("the load of a bus is the part of the time that its frames take", "[load]") {
  LoadMeter meter;
  meter.expect_others({.nominal = 500'000});
  meter.add(frames("can0", 1000));
  const auto readings = meter.take(2s);
  REQUIRE(readings.size() == 1);
  CHECK(readings[0].channel == Channel("can0"));
  CHECK(readings[0].received == Approx(500));
  CHECK(readings[0].sent == 0);
  CHECK(readings[0].load == Approx(1000.0 * kBits / 500'000 / 2));
}

TEST_CASE("each interval begins with nothing, and keeps the channels", "[load]") {
  LoadMeter meter;
  meter.expect(Channel("can7"), {.nominal = 1000});
  meter.add(frames("can0", 3));
  meter.take(1s);
  meter.add(frames("can0", 1));
  const auto readings = meter.take(1s);
  REQUIRE(readings.size() == 2);
  CHECK(readings[0].channel == Channel("can7"));
  CHECK(readings[0].load == 0.0);
  CHECK(readings[1].received == 1);
  CHECK_FALSE(readings[1].load);  // its rate isn't known
}

TEST_CASE("the load counts sent, received and error frames apart", "[load]") {
  Message sent = frame("can0"), error = frame("can0");
  sent.transmitted = true;
  error.error = error.transmitted = true;
  LoadMeter meter;
  meter.expect_others({.nominal = 10'000});
  meter.add({{frame("can0"), sent, sent, error, error, error}});
  const auto reading = meter.take(1s).at(0);
  CHECK(reading.received == 1);
  CHECK(reading.sent == 2);
  CHECK(reading.errors == 3);
  CHECK(reading.load == Approx((3.0 * kBits + 3 * bits_of(error).nominal) / 10'000));
}

TEST_CASE("the data phase of a frame counts at its own rate", "[load]") {
  Message fd = frame("can0");
  fd.fd = fd.brs = true;
  const FrameBits bits = bits_of(fd);
  REQUIRE(bits.data > 64);
  const auto load = [&](LoadMeter::Rates rates) {
    LoadMeter meter;
    meter.expect_others(rates);
    meter.add({&fd, 1});
    return *meter.take(1s).at(0).load;
  };
  CHECK(load({.nominal = 1000, .data = 4000}) == Approx(bits.nominal / 1e3 + bits.data / 4e3));
  CHECK(load({.nominal = 1000}) == Approx((bits.nominal + bits.data) / 1e3));
}

TEST_CASE("frames without a channel are of the channel that is expected", "[load]") {
  LoadMeter meter;
  meter.expect(Channel("can1"), {.nominal = 1000});
  meter.expect(Channel("can2"), {});
  meter.add(frames("", 5));
  const auto readings = meter.take(1s);
  REQUIRE(readings.size() == 2);
  CHECK(readings[0].received == 5);
  CHECK(readings[1].received == 0);
}
