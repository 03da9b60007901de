// SPDX-License-Identifier: MIT
// The lines of slcan; no adapter.
#include <catch2/catch.hpp>

#include "cansuite/bus_state.h"
#include "cansuite/error_frame.h"
#include "drivers/slcan/codec.h"
#include "tests/sample.h"

using namespace can;

namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string encoded(const Message& message) {
  char text[slcan::kLongestFrame];
  return {text, slcan::encode_frame(message, text)};
}

std::optional<Message> decoded(std::string_view text) {
  Message message;
  std::optional<std::uint16_t> time;
  if (!slcan::decode_frame(text, message, time)) return std::nullopt;
  return message;
}

std::string words(const std::optional<Message>& error) {
  std::string all;
  if (error)
    for (const std::string& line : error_words(*error)) all += line + "; ";
  return all;
}

std::string_view state_told_by(const Message& error) {
  BusState state;
  learn(error, state);
  return name_of(state.controller);
}

}  // namespace

TEST_CASE("frames as slcan writes them", "[slcan]") {
  CHECK(encoded({.id = 0x123, .length = 3, .data = {1, 2, 0xAA}}) == "t12330102AA\r");
  CHECK(encoded({.id = 0x1ABCDEF, .length = 2, .extended = true, .data = {0x55, 0xA5}}) ==
        "T01ABCDEF255A5\r");
  CHECK(encoded({.id = 0x7F, .length = 4, .remote = true}) == "r07F4\r");
  CHECK(encoded({.id = 1, .length = 0, .extended = true, .remote = true}) == "R000000010\r");
  CHECK(encoded({.id = 1, .length = 12, .fd = true}).starts_with("d00190000"));
  CHECK(encoded({.id = 1, .length = 64, .extended = true, .fd = true, .brs = true})
            .starts_with("B00000001F0000"));
}

TEST_CASE("every frame that slcan has comes back", "[slcan]") {
  for (Message want : sample({.fd = true, .remote = true})) {
    want.esi = false;
    const std::string text = encoded(want);
    REQUIRE(text.size() <= slcan::kLongestFrame);
    const auto line = slcan::next_line(bytes_of(text));
    REQUIRE(line);
    CHECK(line->size == text.size());
    Message got;
    std::optional<std::uint16_t> time;
    REQUIRE(slcan::decode_frame(line->text, got, time));
    CHECK_FALSE(time);
    got.timestamp = want.timestamp;
    got.channel = want.channel;
    CAPTURE(text);
    CHECK(got == want);
  }
}

TEST_CASE("frames of slcan with the adapter's time, in either case", "[slcan]") {
  Message m;
  std::optional<std::uint16_t> time;
  REQUIRE(slcan::decode_frame("t45620102d7c1", m, time));
  CHECK(time == 0xD7C1);
  CHECK(m.id == 0x456);
  CHECK(m.payload().size() == 2);
  REQUIRE(slcan::decode_frame("r7FF40000", m, time));
  CHECK(time == 0);
  REQUIRE(slcan::decode_frame("r12331122330001", m, time));  // with data, as slcanpty sends it
  CHECK(time == 1);
  CHECK(m.remote);
  CHECK(m.length == 3);
  REQUIRE(slcan::decode_frame("R00000123111", m, time));
  CHECK_FALSE(time);
  REQUIRE(slcan::decode_frame("x000000ff1Ff", m, time));
  CHECK(m.extended);
  CHECK_FALSE(time);
}

TEST_CASE("what is no frame of slcan", "[slcan]") {
  for (const char* text : {"",
                           "t",
                           "t12",
                           "t123",
                           "t1231",
                           "t12311",
                           "t123101020",
                           "t123g",
                           "t8000",
                           "T200000000",
                           "t1239112233445566778899",
                           "t12300000000",
                           "r1232AA",
                           "r1232AABB0",
                           "q1230",
                           "t 1230",
                           "d1239AA",
                           "z",
                           "t-1230",
                           "TFFFFFFFF0"}) {
    CAPTURE(text);
    CHECK_FALSE(decoded(text));
  }
}

TEST_CASE("lines of slcan end with CR or BELL", "[slcan]") {
  CHECK_FALSE(slcan::next_line(bytes_of("t123")));
  auto line = slcan::next_line(bytes_of("\n\nz\rt1"));
  REQUIRE(line);
  CHECK(line->text == "z");
  CHECK_FALSE(line->refusal);
  CHECK(line->size == 4);
  line = slcan::next_line(bytes_of("\a\r"));
  REQUIRE(line);
  CHECK(line->text.empty());
  CHECK(line->refusal);
  CHECK(line->size == 1);
}

TEST_CASE("what an adapter says of its state", "[slcan]") {
  CHECK(slcan::decode_status("F24") == 0x24);
  CHECK(slcan::decode_status("Fff") == 0xFF);
  CHECK_FALSE(slcan::decode_status("F2"));
  CHECK_FALSE(slcan::decode_status("F2g"));
  CHECK_FALSE(slcan::decode_status("G24"));
  CHECK_FALSE(slcan::error_frame(0, 0));
  CHECK_FALSE(slcan::error_frame(0x24, 0x24));
  CHECK(words(slcan::error_frame(0, 0x04)) ==
        "controller problem: receive error warning, transmit error warning; ");
  CHECK(words(slcan::error_frame(0x04, 0x24)) ==
        "controller problem: receive error passive, transmit error passive; ");
  CHECK(words(slcan::error_frame(0x24, 0)) == "controller problem: back to error active; ");
  CHECK(words(slcan::error_frame(0, 0xCB)) ==
        "arbitration lost; controller problem: receive buffer overflow, transmit buffer overflow; "
        "bus error; ");
  CHECK(state_told_by(*slcan::error_frame(0, 0x04)) == "error-warning");
  CHECK(state_told_by(*slcan::error_frame(0x04, 0x24)) == "error-passive");
  CHECK(state_told_by(*slcan::error_frame(0x24, 0)) == "error-active");
  CHECK(state_told_by(*slcan::error_frame(0, 0x80)).empty());
}

TEST_CASE("error frames of slcan, as Linux reads them", "[slcan]") {
  CHECK(words(slcan::decode_error("sw100096")) ==
        "controller problem: receive error warning; "
        "error counters: 96 sending, 100 receiving; ");
  CHECK(words(slcan::decode_error("sw100100")) ==
        "controller problem: receive error warning, transmit error warning; "
        "error counters: 100 sending, 100 receiving; ");
  CHECK(words(slcan::decode_error("sp130095")) ==
        "controller problem: receive error passive; error counters: 95 sending, 130 receiving; ");
  CHECK(words(slcan::decode_error("sa000000")) ==
        "controller problem: back to error active; error counters: 0 sending, 0 receiving; ");
  const auto off = slcan::decode_error("sb000256");
  CHECK(words(off) == "bus off; ");
  CHECK(state_told_by(*off) == "bus-off");
  CHECK(words(slcan::decode_error("e1a")) ==
        "protocol violation: at the ACK slot; no acknowledgement received; bus error; ");
  CHECK(words(slcan::decode_error("e2so")) ==
        "controller problem: receive buffer overflow; protocol violation: bit stuffing error; "
        "bus error; ");
  for (const char* text :
       {"s", "sw10009", "sw1000960", "sx100096", "sw1000x6", "e", "e1", "e2a", "e1z", "e0", "ea"}) {
    CAPTURE(text);
    CHECK_FALSE(slcan::decode_error(text));
  }
}

TEST_CASE("bit rates of slcan", "[slcan]") {
  CHECK(slcan::bitrate_command(10'000, 800'000) == "S0");
  CHECK(slcan::bitrate_command(500'000, 800'000) == "S6");
  CHECK(slcan::bitrate_command(1'000'000, 800'000) == "S8");
  CHECK(slcan::bitrate_command(800'000, 800'000) == "S7");
  CHECK(slcan::bitrate_command(750'000, 750'000) == "S7");
  CHECK_FALSE(slcan::bitrate_command(750'000, 800'000));
  CHECK_FALSE(slcan::bitrate_command(800'000, 750'000));
  CHECK_FALSE(slcan::bitrate_command(0, 800'000));
  CHECK(slcan::bitrate_command(83'300, 800'000) == "S9");
}

TEST_CASE("acceptance registers let through what the filters do", "[slcan]") {
  const auto acceptance = [](std::vector<std::string> texts) {
    return slcan::acceptance_of(parse_filters(texts));
  };
  const slcan::Acceptance all;
  CHECK(acceptance({"standard:123:7FF"}) ==
        slcan::Acceptance{.code = 0x2460'2460, .mask = 0x001F'001F});
  CHECK(acceptance({"standard:123:7FF", "standard:7E8:7F8"}) ==
        slcan::Acceptance{.code = 0x2460'FD00, .mask = 0x001F'00FF});
  CHECK(acceptance({"00000123:1FFFFFFF"}) == slcan::Acceptance{.code = 0, .mask = 0});
  CHECK(acceptance({"1ABCDEF0:1FFFFFFF", "standard:100:700"}) ==
        slcan::Acceptance{.code = 0xD5E6'2000, .mask = 0x0000'1FFF});
  CHECK(slcan::acceptance_of({}) == all);
  CHECK(acceptance({"123:7FF"}) == all);  // of either length
  CHECK(acceptance({"standard:123~7FF"}) == all);
  CHECK(acceptance({"standard:1:7FF", "standard:2:7FF", "standard:3:7FF"}) == all);
}
