// SPDX-License-Identifier: MIT
#include "drivers/seeed/codec.h"

#include <algorithm>
#include <numeric>

#include "drivers/support/little_endian.h"

namespace can::seeed {
namespace {

constexpr std::uint8_t kStop = 0x55, kCommand = 0x55, kSetUp = 0x12, kStatus = 0x04;
constexpr std::uint8_t kFrame = 0xC0, kExtended = 0x20, kRemote = 0x10;
constexpr std::size_t kSum = 19;

void add_sum(Command& command) {
  command[kSum] =
      static_cast<std::uint8_t>(std::accumulate(command.begin() + 2, command.begin() + kSum, 0u));
}

Packet decode_answer(std::span<const std::uint8_t> bytes, Content& content) {
  if (bytes.size() > 2 && bytes[2] != kStatus && bytes[2] != kSetUp) return {Packet::State::wrong};
  if (bytes.size() < sizeof(Command)) return {Packet::State::incomplete};
  content.is_answer = true;
  return {Packet::State::complete, sizeof(Command)};
}

Packet decode_frame(std::span<const std::uint8_t> bytes, Message& m) {
  using State = Packet::State;
  const std::uint8_t type = bytes[1];
  m.reset();
  m.extended = (type & kExtended) != 0;
  m.remote = (type & kRemote) != 0;
  m.length = type & 0x0F;
  const std::size_t header = m.extended ? 6 : 4;
  if (m.length > 8) return {State::wrong};
  if (bytes.size() <= header) return {State::incomplete};
  m.id = m.extended ? get_le32(&bytes[2]) : get_le16(&bytes[2]);
  if (m.id > (m.extended ? kExtendedIdMask : kStandardIdMask)) return {State::wrong};
  if (m.remote && bytes[header] == kStop) return {State::complete, header + 1};
  const std::size_t stop = header + m.length;
  if (bytes.size() <= stop) return {State::incomplete};
  if (bytes[stop] != kStop) return {State::wrong};
  std::copy_n(&bytes[header], m.length, m.data.begin());
  return {State::complete, stop + 1};
}

}  // namespace

std::optional<std::uint8_t> bitrate_code(std::uint32_t bitrate) {
  constexpr std::uint32_t kRates[] = {1'000'000, 800'000, 500'000, 400'000, 250'000, 200'000,
                                      125'000,   100'000, 50'000,  20'000,  10'000,  5'000};
  const auto found = std::ranges::find(kRates, bitrate);
  if (found == std::end(kRates)) return std::nullopt;
  return static_cast<std::uint8_t>(found - kRates + 1);
}

Command set_up_command(const Setup& setup) {
  Command command{kStart, kCommand, kSetUp, setup.bitrate_code};
  command[4] = setup.extended ? 2 : 1;
  // 5 to 12: an id and a mask, 0: every message
  command[13] = static_cast<std::uint8_t>(setup.mode);
  command[14] = 1;  // as python-can has it
  add_sum(command);
  return command;
}

Command status_command() {
  Command command{kStart, kCommand, kStatus};
  add_sum(command);
  return command;
}

Packet decode_packet(std::span<const std::uint8_t> bytes, Content& content) {
  content.is_answer = false;
  if (bytes.size() < 2) return {Packet::State::incomplete};
  if (bytes[1] == kCommand) return decode_answer(bytes, content);
  if ((bytes[1] & kFrame) != kFrame) return {Packet::State::wrong};
  return decode_frame(bytes, content.message);
}

void encode_packet(const Message& m, std::vector<std::uint8_t>& out) {
  out.push_back(kStart);
  out.push_back(static_cast<std::uint8_t>(kFrame | (m.extended ? kExtended : 0) |
                                          (m.remote ? kRemote : 0) | m.length));
  m.extended ? append_le32(out, m.id) : append_le16(out, m.id);
  out.insert(out.end(), m.payload().begin(), m.payload().end());
  out.push_back(kStop);
}

}  // namespace can::seeed
