// SPDX-License-Identifier: MIT
// J1939's transport protocol: packets out of frames.
#include "libcan/signals/transport.h"

#include <catch2/catch.hpp>

#include "cansuite/frame.h"
#include "tests/signals_support.h"

using namespace can;
using namespace can::signals;

namespace {

/// A control frame from `source` to `destination`, about a group of 0xFEE3 (65251).
Message control(std::uint8_t source, std::uint8_t destination, std::uint8_t kind,
                std::uint16_t length, std::uint8_t frames) {
  const auto low = static_cast<std::uint8_t>(length), high = static_cast<std::uint8_t>(length >> 8);
  return extended_frame(0x18EC0000u | destination << 8 | source,
                        {kind, low, high, frames, 0xFF, 0xE3, 0xFE, 0x00});
}

Message data(std::uint8_t source, std::uint8_t destination, std::uint8_t number) {
  const auto byte = [&](int i) { return static_cast<std::uint8_t>(number * 16 + i); };
  return extended_frame(0x18EB0000u | destination << 8 | source,
                        {number, byte(0), byte(1), byte(2), byte(3), byte(4), byte(5), byte(6)});
}

/// "id length last-byte" of each packet.
std::string packets(Transport& transport, const std::vector<Message>& messages) {
  std::string all;
  for (const Message& message : messages)
    if (const Packet* packet = transport.add(message))
      all += fmt::format("[{:08X} {} {:02X}]", packet->id, packet->length,
                         packet->data[packet->length - 1]);
  return all;
}

constexpr std::uint8_t kAll = 0xFF, kBam = 32, kRts = 16, kEnd = 19, kAbort = 255;

}  // namespace

TEST_CASE("a message to all comes in several frames", "[signals]") {
  Transport transport;
  CHECK(packets(transport, {control(1, kAll, kBam, 16, 3), data(1, kAll, 1), data(1, kAll, 2),
                            data(1, kAll, 3)}) == "[18FEE301 16 31]");
  CHECK((transport.lost() == 0 && transport.unfinished() == 0));
}

TEST_CASE("messages of several nodes cross each other", "[signals]") {
  Transport transport;
  CHECK(packets(transport, {control(1, kAll, kBam, 9, 2), control(2, 7, kRts, 14, 2),
                            data(1, kAll, 1), data(2, 7, 1), data(2, 7, 2), data(1, kAll, 2),
                            control(7, 2, kEnd, 14, 2)}) == "[18FEE302 14 26][18FEE301 9 21]");
  CHECK((transport.lost() == 0 && transport.unfinished() == 0));
  Message other = data(1, kAll, 1);
  other.channel = Channel("can1");
  CHECK(packets(transport, {control(1, kAll, kBam, 9, 2), other, data(1, kAll, 2)}) == "");
  CHECK(transport.lost() == 1);  // the first frame was on another channel
}

TEST_CASE("a frame that is missing is asked for again, or the message is lost", "[signals]") {
  Transport transport;
  CHECK(packets(transport, {control(1, kAll, kBam, 16, 3), data(1, kAll, 1), data(1, kAll, 3),
                            data(1, kAll, 2), data(1, kAll, 3)}) == "");
  CHECK(transport.lost() == 1);
  CHECK(packets(transport, {control(1, 7, kRts, 16, 3), data(1, 7, 1), data(1, 7, 3), data(1, 7, 2),
                            data(1, 7, 3)}) == "[18FEE301 16 31]");
  CHECK(packets(transport, {control(1, 7, kRts, 16, 3), data(1, 7, 1), control(7, 1, kAbort, 0, 0),
                            data(1, 7, 2), data(1, 7, 3)}) == "");
  CHECK(transport.lost() == 2);
  CHECK(packets(transport, {control(1, 7, kRts, 16, 3), control(1, 7, kRts, 9, 2), data(1, 7, 1),
                            data(1, 7, 2)}) == "[18FEE301 9 21]");
  CHECK(transport.lost() == 3);
  CHECK(packets(transport, {control(1, kAll, kBam, 16, 3)}) == "");
  CHECK(transport.unfinished() == 1);
}

TEST_CASE("what the protocol can't mean is left out, and memory is bounded", "[signals]") {
  Transport transport;
  for (const auto& [length, frames] : {std::pair(8, 2), {1786, 256}, {16, 2}, {16, 4}, {0, 0}})
    transport.add(control(1, kAll, kBam, static_cast<std::uint16_t>(length),
                          static_cast<std::uint8_t>(frames)));
  CHECK(transport.unfinished() == 0);
  Message short_one = control(1, kAll, kBam, 16, 3);
  short_one.length = 7;
  transport.add(short_one);
  transport.add(frame(0x123, {32, 16, 0, 3, 255, 0xE3, 0xFE, 0}));
  CHECK(transport.unfinished() == 0);
  for (int source = 0; source < 256; ++source)
    for (int destination = 0; destination < 20; ++destination)
      transport.add(control(static_cast<std::uint8_t>(source),
                            static_cast<std::uint8_t>(destination), kRts, 1785, 255));
  CHECK(transport.unfinished() == Transport::kMaxSessions);
  CHECK(transport.lost() == 256 * 20 - Transport::kMaxSessions);
}

TEST_CASE("signals of a packet lie beyond 64 bytes", "[signals]") {
  const Parsed parsed(
      "BO_ 2566841342 Long: 200 A\n SG_ near : 480|32@1+ (1,0) [0|0] \"\" B\n"
      " SG_ far : 1592|8@1+ (1,0) [0|0] \"\" B\n SG_ wide : 1000|64@1+ (1,0) [0|0] \"\" B\n"
      "BA_DEF_ BO_ \"VFrameFormat\" INT 0 3;\nBA_ \"VFrameFormat\" BO_ 2566841342 3;");
  REQUIRE(parsed.warnings.empty());
  Decoder decoder(parsed.database);
  CHECK(decoder.has_groups());
  Packet packet;
  packet.id = 0x18FEE301;
  packet.length = 200;
  for (std::size_t i = 0; i < 200; ++i) packet.data[i] = static_cast<std::uint8_t>(i);
  const auto texts = [&] {
    std::string all;
    for (const Value& value : decoder.decode(packet).values) all += to_string(value) + " ";
    return all;
  };
  CHECK(texts() == fmt::format("{} 199 {} ", 0x3F3E3D3Cu, 0x84838281807F7E7Du));
  packet.length = 199;
  CHECK(texts() == fmt::format("{} {} ", 0x3F3E3D3Cu, 0x84838281807F7E7Du));
  Message message = extended_frame(0x18FEE301, {1, 2, 3});
  CHECK(decoder.decode(message).values.empty());
}
