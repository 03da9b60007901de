// SPDX-License-Identifier: MIT
// The packets of serial, robotell and seeed, byte by byte.
#include <catch2/catch.hpp>

#include "drivers/robotell/codec.h"
#include "drivers/seeed/codec.h"
#include "drivers/serial/codec.h"
#include "tests/sample.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;
using State = Packet::State;
using serial_frame::Dialect;

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

Bytes unhex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return bytes;
}

const Message kStandard = {.id = 0x123, .length = 3, .data = {1, 2, 0xAA}};
const Message kExtended = {
    .timestamp = 1500ms, .id = 0x1ABCDEF, .length = 2, .extended = true, .data = {0x55, 0xA5}};
const Message kRemote = {.id = 0x7F, .length = 4, .remote = true};

std::string serial_hex(const Message& message, Dialect dialect) {
  Bytes out;
  serial_frame::encode_frame(message, dialect, out);
  return hex(out);
}

struct SerialFrame {
  Packet packet;
  Message message;
  std::chrono::milliseconds time{};
};

SerialFrame serial_frame_of(std::string_view text, Dialect dialect = Dialect::flags) {
  SerialFrame frame;
  frame.packet = serial_frame::decode_frame(unhex(text), dialect, frame.message, frame.time);
  return frame;
}

/// Every beginning of a packet is incomplete, and the whole is what went in.
template <class Encode, class Decode>
void check_round_trip(const Message& want, Encode encode, Decode decode) {
  Bytes bytes;
  encode(want, bytes);
  CAPTURE(hex(bytes));
  Message got;
  for (std::size_t size = 1; size < bytes.size(); ++size)
    CHECK(decode(std::span(bytes).first(size), got).state == State::incomplete);
  bytes.push_back(0xAA);  // of the next
  const Packet packet = decode(bytes, got);
  REQUIRE(packet.state == State::complete);
  CHECK(packet.size == bytes.size() - 1);
  got.timestamp = want.timestamp;
  got.channel = want.channel;
  CHECK(got == want);
}

}  // namespace

TEST_CASE("frames of python-can's serial interface", "[serial]") {
  CHECK(serial_hex(kStandard, Dialect::plain) == "aa0000000003230100000102aabb");
  CHECK(serial_hex(kExtended, Dialect::plain) == "aadc05000002efcdab0155a5bb");
  CHECK(serial_hex(kExtended, Dialect::flags) == "aadc05000002efcdab8155a5bb");
  CHECK(serial_hex(kRemote, Dialect::flags) == "aa00000000047f000040bb");
  CHECK(serial_hex({.id = 4, .length = 1, .error = true}, Dialect::flags) ==
        "aa00000000010400002000bb");
  Message late = kStandard;
  late.timestamp = 1ms * ((std::int64_t{1} << 32) + 7);
  CHECK(serial_hex(late, Dialect::flags) == "aa0700000003230100000102aabb");
}

TEST_CASE("every frame of python-can's serial interface comes back", "[serial]") {
  for (const Message& want : sample({.error = true, .error_detail = true, .remote = true}))
    check_round_trip(
        want, [](const Message& m, Bytes& out) { encode_frame(m, Dialect::flags, out); },
        [](std::span<const std::uint8_t> bytes, Message& m) {
          std::chrono::milliseconds time;
          return decode_frame(bytes, Dialect::flags, m, time);
        });
}

TEST_CASE("what python-can's manual shows of its serial interface", "[serial]") {
  auto frame = serial_frame_of(
      "aa6673000001010000001"
      "1bb");
  REQUIRE(frame.packet.state == State::complete);
  CHECK(frame.time == 29'542ms);
  CHECK(frame.message.id == 1);
  CHECK_FALSE(frame.message.extended);
  CHECK(hex(frame.message.payload()) == "11");
  frame = serial_frame_of("aa667300000001000080bb");
  REQUIRE(frame.packet.state == State::complete);
  CHECK(frame.message.extended);
  CHECK(frame.message.length == 0);
  // A remote frame with data behind its length, as python-can 4.6.1 reads it.
  frame = serial_frame_of("aa00000000027f0000400102bb");
  REQUIRE(frame.packet.state == State::complete);
  CHECK(frame.packet.size == 13);
  CHECK(frame.message.remote);
  CHECK(frame.message.length == 2);
}

TEST_CASE("ids of python-can 4.1.0's serial interface", "[serial]") {
  CHECK_FALSE(serial_frame_of("aa0000000000ff070000bb", Dialect::plain).message.extended);
  CHECK(serial_frame_of("aa000000000000080000bb", Dialect::plain).message.extended);
  CHECK(serial_frame_of("aa000000000000000020bb", Dialect::plain).packet.state == State::wrong);
  CHECK(serial_frame_of("aa000000000001000080bb", Dialect::plain).packet.state == State::wrong);
}

TEST_CASE("what is no frame of python-can's serial interface", "[serial]") {
  CHECK(serial_frame_of("aa0000000009").packet.state == State::wrong);
  CHECK(serial_frame_of("aa000000000001000000bc").packet.state == State::wrong);
  CHECK(serial_frame_of("aa000000000000080000bb").packet.state == State::wrong);  // 800, standard
  CHECK(serial_frame_of("aa0000000001010000001100").packet.state == State::wrong);
}

TEST_CASE("packets of Robotell's adapters", "[robotell]") {
  const auto packet = [](const Message& message) {
    Bytes out;
    robotell::encode_packet(message, out);
    return hex(out);
  };
  const std::string_view zeros = "0000000000000000";
  CHECK(packet(kStandard) ==
        "aaaa23010000"
        "0102a5aa0000000000"
        "03000000"
        "d4"
        "5555");
  CHECK(packet(kExtended) ==
        "aaaaefcdab01"
        "a555a5a5000000000000"
        "02000100"
        "65"
        "5555");
  CHECK(packet(kRemote) == fmt::format("aaaa7f000000{}04000001845555", zeros));
  Bytes out;
  robotell::encode_setting(robotell::kReset, 0, 8, false, out);
  CHECK(hex(out) == fmt::format("aaaac0feff01{}08ff0100c65555", zeros));
  out.clear();
  robotell::encode_setting(robotell::kBitrate, 500'000, 4, false, out);
  CHECK(hex(out) == "aaaad0feff0120a107000000000004ff01009a5555");
  out.clear();
  robotell::encode_setting(robotell::kSerialNumber1, 0, 8, true, out);
  CHECK(hex(out) == fmt::format("aaaaf0ffff01{}08ff0101f85555", zeros));
}

TEST_CASE("every packet of Robotell's adapters comes back", "[robotell]") {
  for (const Message& want : sample({.remote = true}))
    check_round_trip(want, robotell::encode_packet,
                     [](std::span<const std::uint8_t> bytes, Message& m) {
                       robotell::Content content;
                       const Packet packet = robotell::decode_packet(bytes, content);
                       CHECK_FALSE(content.is_setting);
                       m = content.message;
                       return packet;
                     });
}

TEST_CASE("what is no packet of Robotell's adapters", "[robotell]") {
  robotell::Content content;
  const auto state = [&](std::string_view text) {
    return robotell::decode_packet(unhex(text), content).state;
  };
  CHECK(state("aaab") == State::wrong);
  CHECK(state("aaaaaa") == State::wrong);      // not escaped
  CHECK(state("aaaa230155") == State::wrong);  // ends too early
  const std::string good =
      "aaaa23010000"
      "0102a5aa0000000000"
      "03000000";
  CHECK(state(good + "d45555") == State::complete);
  CHECK(state(good + "d55555") == State::wrong);  // the sum
  CHECK(state(good + "d45556") == State::wrong);
  CHECK(state("aaaa23010000000000000000000009000000"
              "2d5555") == State::wrong);  // 9 bytes
  CHECK(state("aaaa00080000000000000000000000000000"
              "085555") == State::wrong);  // 800, standard
}

TEST_CASE("packets of Seeed's analyzer", "[seeed]") {
  const auto packet = [](const Message& message) {
    Bytes out;
    seeed::encode_packet(message, out);
    return hex(out);
  };
  CHECK(packet(kStandard) == "aac323010102aa55");
  CHECK(packet(kExtended) == "aae2efcdab0155a555");
  CHECK(packet(kRemote) == "aad47f0055");
  CHECK(hex(seeed::set_up_command({.bitrate_code = *seeed::bitrate_code(250'000),
                                   .extended = true,
                                   .mode = seeed::Mode::silent})) ==
        "aa551205020000000000000000020100000000"
        "1c");
  CHECK(hex(seeed::status_command()) == "aa5504" + std::string(32, '0') + "04");
  CHECK(seeed::bitrate_code(1'000'000) == 1);
  CHECK(seeed::bitrate_code(5'000) == 12);
  CHECK_FALSE(seeed::bitrate_code(83'333));
}

TEST_CASE("every packet of Seeed's analyzer comes back", "[seeed]") {
  for (const Message& want : sample({.remote = true}))
    check_round_trip(want, seeed::encode_packet,
                     [](std::span<const std::uint8_t> bytes, Message& m) {
                       seeed::Content content;
                       const Packet packet = seeed::decode_packet(bytes, content);
                       CHECK_FALSE(content.is_answer);
                       m = content.message;
                       return packet;
                     });
}

TEST_CASE("answers and what is no packet of Seeed's analyzer", "[seeed]") {
  seeed::Content content;
  const auto state = [&](std::string_view text) {
    return seeed::decode_packet(unhex(text), content).state;
  };
  CHECK(state("aa5504" + std::string(32, '0') + "04") == State::complete);
  CHECK(content.is_answer);
  CHECK(state("aa5504") == State::incomplete);
  CHECK(state("aa5505") == State::wrong);
  CHECK(state("aa80") == State::wrong);
  CHECK(state("aac9") == State::wrong);          // 9 bytes
  CHECK(state("aac000085500") == State::wrong);  // 800, standard
  CHECK(state("aac3230101"
              "02aa56") == State::wrong);
  CHECK(state("aad223010102"
              "55") == State::complete);  // a remote frame with data
}
