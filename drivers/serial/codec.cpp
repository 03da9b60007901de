// SPDX-License-Identifier: MIT
#include "drivers/serial/codec.h"

#include <algorithm>

#include "drivers/support/little_endian.h"

namespace can::serial_frame {
namespace {

constexpr std::size_t kHeader = 10, kMaxLength = 8;
constexpr std::uint32_t kExtended = 1u << 31, kRemote = 1u << 30, kError = 1u << 29;

/// False when the number can't be an id.
bool set_id(std::uint32_t number, Dialect dialect, Message& m) {
  m.extended = dialect == Dialect::flags ? (number & kExtended) != 0 : number > kStandardIdMask;
  if (dialect == Dialect::flags) {
    m.error = (number & kError) != 0;
    m.remote = (number & kRemote) != 0 && !m.error;
    number &= ~(kExtended | kRemote | kError);
  }
  if (m.error) m.extended = false;
  m.id = number;
  return number <= (m.extended || m.error ? kExtendedIdMask : kStandardIdMask);
}

}  // namespace

Packet decode_frame(std::span<const std::uint8_t> bytes, Dialect dialect, Message& m,
                    std::chrono::milliseconds& time) {
  using State = Packet::State;
  constexpr std::size_t kLengthAt = 5;
  if (bytes.size() > kLengthAt && bytes[kLengthAt] > kMaxLength) return {State::wrong};
  if (bytes.size() <= kHeader) return {State::incomplete};
  m.reset();
  m.length = bytes[kLengthAt];
  if (!set_id(get_le32(&bytes[6]), dialect, m)) return {State::wrong};
  time = std::chrono::milliseconds(get_le32(&bytes[1]));
  if (m.remote && bytes[kHeader] == kStop) return {State::complete, kHeader + 1};
  const std::size_t stop = kHeader + m.length;
  if (bytes.size() <= stop) return {State::incomplete};
  if (bytes[stop] != kStop) return {State::wrong};
  std::copy_n(&bytes[kHeader], m.length, m.data.begin());
  return {State::complete, stop + 1};
}

void encode_frame(const Message& m, Dialect dialect, std::vector<std::uint8_t>& out) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(m.timestamp).count();
  std::uint32_t id = m.id;
  if (dialect == Dialect::flags)
    id |= (m.extended ? kExtended : 0) | (m.remote ? kRemote : 0) | (m.error ? kError : 0);
  out.push_back(kStart);
  append_le32(out, static_cast<std::uint32_t>(ms));
  out.push_back(m.length);
  append_le32(out, id);
  out.insert(out.end(), m.payload().begin(), m.payload().end());
  out.push_back(kStop);
}

}  // namespace can::serial_frame
