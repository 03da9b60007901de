// SPDX-License-Identifier: MIT
#include "drivers/robotell/codec.h"

#include <algorithm>
#include <numeric>

#include "drivers/support/little_endian.h"

namespace can::robotell {
namespace {

constexpr std::uint8_t kStop = 0x55, kEscape = 0xA5, kSettings = 0xFF;
constexpr std::size_t kBody = 17, kData = 4, kLength = 12, kChannel = 13, kFormat = 14, kType = 15,
                      kSum = 16;

using Body = std::array<std::uint8_t, kBody>;

bool is_special(std::uint8_t byte) { return byte == kStart || byte == kStop || byte == kEscape; }

std::uint8_t sum_of(const Body& body) {
  return static_cast<std::uint8_t>(std::accumulate(body.begin(), body.begin() + kSum, 0u));
}

/// Takes the escapes out. Of a complete body, the size is that of its bytes on the line.
Packet unescape(std::span<const std::uint8_t> bytes, Body& body) {
  using State = Packet::State;
  std::size_t at = 0;
  for (std::uint8_t& byte : body) {
    if (at < bytes.size() && bytes[at] == kEscape)
      ++at;
    else if (at < bytes.size() && is_special(bytes[at]))
      return {State::wrong};
    if (at == bytes.size()) return {State::incomplete};
    byte = bytes[at++];
  }
  return {State::complete, at};
}

bool read_body(const Body& body, Content& content) {
  Message& m = content.message;
  if (body[kSum] != sum_of(body) || body[kLength] > 8) return false;
  m.reset();
  content.is_setting = body[kChannel] == kSettings;
  m.id = get_le32(body.data());
  m.length = body[kLength];
  m.extended = body[kFormat] == 1;
  m.remote = body[kType] == 1;
  std::copy_n(&body[kData], m.length, m.data.begin());
  return content.is_setting || m.id <= (m.extended ? kExtendedIdMask : kStandardIdMask);
}

void append_escaped(Body body, std::vector<std::uint8_t>& out) {
  body[kSum] = sum_of(body);
  out.insert(out.end(), {kStart, kStart});
  for (const std::uint8_t byte : body) {
    if (is_special(byte)) out.push_back(kEscape);
    out.push_back(byte);
  }
  out.insert(out.end(), {kStop, kStop});
}

Body body_of(std::uint32_t id, std::uint8_t length, bool extended, bool remote) {
  Body body{};
  for (unsigned i = 0; i < 4; ++i) body[i] = static_cast<std::uint8_t>(id >> (8 * i));
  body[kLength] = length;
  body[kFormat] = extended;
  body[kType] = remote;
  return body;
}

}  // namespace

Packet decode_packet(std::span<const std::uint8_t> bytes, Content& content) {
  using State = Packet::State;
  if (bytes.size() < 2) return {State::incomplete};
  if (bytes[1] != kStart) return {State::wrong};
  Body body;
  const Packet packet = unescape(bytes.subspan(2), body);
  if (packet.state != State::complete) return packet;
  const auto rest = bytes.subspan(2 + packet.size);
  const std::size_t stops = std::min<std::size_t>(rest.size(), 2);
  if (std::ranges::any_of(rest.first(stops), [](auto byte) { return byte != kStop; }))
    return {State::wrong};
  if (stops < 2) return {State::incomplete};
  if (!read_body(body, content)) return {State::wrong};
  return {State::complete, 2 + packet.size + 2};
}

void encode_packet(const Message& m, std::vector<std::uint8_t>& out) {
  Body body = body_of(m.id, m.length, m.extended, m.remote);
  std::ranges::copy(m.payload(), &body[kData]);
  append_escaped(body, out);
}

void encode_setting(Setting setting, std::uint64_t data, std::uint8_t length, bool ask,
                    std::vector<std::uint8_t>& out) {
  Body body = body_of(setting, length, true, ask);
  for (unsigned i = 0; i < 8; ++i) body[kData + i] = static_cast<std::uint8_t>(data >> (8 * i));
  body[kChannel] = kSettings;
  append_escaped(body, out);
}

}  // namespace can::robotell
