// SPDX-License-Identifier: MIT
// Any bytes from a serial line, for each protocol on one: what decodes is a valid frame that, sent
// on, is the same again; no packet is longer than the bytes.

#include <cstdlib>

#include "drivers/robotell/codec.h"
#include "drivers/seeed/codec.h"
#include "drivers/serial/codec.h"
#include "drivers/slcan/codec.h"
#include "drivers/slcan/protocol.h"

using namespace can;

namespace {

using Bytes = std::span<const std::uint8_t>;

void require(bool condition) {
  if (!condition) std::abort();
}

/// Reads all packets, encodes each frame and reads it again.
template <class Read, class Write>
void check_packets(Bytes bytes, std::uint8_t start, Read read, Write write) {
  while (!bytes.empty()) {
    Message message, again;
    Packet packet{Packet::State::wrong};
    if (bytes[0] == start) packet = read(bytes, message);
    if (packet.state == Packet::State::complete) {
      require(packet.size > 0 && packet.size <= bytes.size());
      require(why_invalid(message) == nullptr);
      std::vector<std::uint8_t> out;
      write(message, out);
      require(read(out, again).state == Packet::State::complete && again == message);
    }
    bytes = bytes.subspan(packet.state == Packet::State::complete ? packet.size : 1);
  }
}

void check_lines(Bytes bytes) {
  while (const auto line = slcan::next_line(bytes)) {
    require(line->size > 0 && line->size <= bytes.size());
    Message message, again;
    std::optional<std::uint16_t> time;
    if (slcan::decode_frame(line->text, message, time)) {
      require(why_invalid(message) == nullptr);
      char text[slcan::kLongestFrame];
      const char* const end = slcan::encode_frame(message, text);
      require(slcan::decode_frame({text, static_cast<std::size_t>(end - text) - 1}, again, time));
      require(again == message && !time);
    }
    if (const auto error = slcan::decode_error(line->text)) require(error->error);
    bytes = bytes.subspan(line->size);
  }
}

/// Cut anywhere, bytes don't pile up, and nothing is found that isn't there. (A line too long for a
/// frame is passed over before its end comes.)
void check_protocol(Bytes bytes) {
  slcan::Protocol whole({}), cut({});
  Decoded at_once, in_parts;
  whole.decode(bytes, {}, at_once);
  std::vector<std::uint8_t> waiting;
  for (const std::uint8_t byte : bytes) {
    waiting.push_back(byte);
    const std::size_t used = cut.decode(waiting, {}, in_parts);
    require(used <= waiting.size());
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(used));
    require(waiting.size() <= slcan::kLongestLine);
  }
  require(in_parts.messages.size() <= at_once.messages.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  using serial_frame::Dialect;
  for (const Dialect dialect : {Dialect::flags, Dialect::plain})
    check_packets(
        bytes, serial_frame::kStart,
        [dialect](Bytes from, Message& message) {
          std::chrono::milliseconds time;
          return serial_frame::decode_frame(from, dialect, message, time);
        },
        [dialect](const Message& message, std::vector<std::uint8_t>& out) {
          serial_frame::encode_frame(message, dialect, out);
        });
  check_packets(
      bytes, robotell::kStart,
      [](Bytes from, Message& message) {
        robotell::Content content;
        Packet packet = robotell::decode_packet(from, content);
        message = content.message;
        if (content.is_setting) packet.state = Packet::State::wrong;
        return packet;
      },
      robotell::encode_packet);
  check_packets(
      bytes, seeed::kStart,
      [](Bytes from, Message& message) {
        seeed::Content content;
        Packet packet = seeed::decode_packet(from, content);
        message = content.message;
        if (content.is_answer) packet.state = Packet::State::wrong;
        return packet;
      },
      seeed::encode_packet);
  check_lines(bytes);
  check_protocol(bytes);
  return 0;
}
