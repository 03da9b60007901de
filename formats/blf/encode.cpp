// SPDX-License-Identifier: MIT
#include "formats/blf/encode.h"

#include <algorithm>

#include "formats/blf/frame_fields.h"
#include "formats/blf/objects.h"
#include "libcan/model/frame_bits.h"

namespace can::blf {
namespace {

std::uint8_t flags_of(const Message& m) {
  return static_cast<std::uint8_t>((m.transmitted ? kTransmitted : 0) | (m.remote ? kRemote : 0));
}

std::uint32_t id_field(const Message& m) { return m.id | (m.extended ? kExtendedIdFlag : 0); }

/// Writes `count` bytes of data, and zeros up to `room` bytes.
void put_data(char* at, const Message& m, std::size_t count, std::size_t room) {
  std::memcpy(at, m.data.data(), count);
  std::memset(at + count, 0, room - count);
}

char* encode_message(const Message& m, std::int64_t time, unsigned channel, char* at) {
  constexpr std::size_t kSize = 48;
  char* body = put_object_header(at, ObjectType::can_message, kSize, time);
  put(body, static_cast<std::uint16_t>(channel));
  put(body + 2, flags_of(m));
  put(body + 3, dlc_of(m));
  put(body + 4, id_field(m));
  put_data(body + 8, m, std::min<std::size_t>(m.payload().size(), 8), 8);
  return at + kSize;
}

char* encode_fd(const Message& m, std::int64_t time, unsigned channel, char* at) {
  constexpr std::size_t kSize = 120;
  const std::size_t length = std::min<std::size_t>(m.length, 64);
  char* body = put_object_header(at, ObjectType::can_fd_message, kSize, time);
  put(body, static_cast<std::uint16_t>(channel));
  put(body + 2, flags_of(m));
  put(body + 3, dlc_of(m));
  put(body + 4, id_field(m));
  put(body + 8, std::uint32_t{0});
  put(body + 12, std::uint8_t{0});
  put(body + 13, static_cast<std::uint8_t>(kFd | (m.brs ? kBrs : 0) | (m.esi ? kEsi : 0)));
  put(body + 14, static_cast<std::uint8_t>(length));
  std::memset(body + 15, 0, 5);
  put_data(body + 20, m, length, 64);
  put(body + 84, std::uint32_t{0});
  return at + kSize;
}

char* encode_error(const Message& m, std::int64_t time, unsigned channel, char* at) {
  constexpr std::size_t kSize = 64;
  const std::size_t length = std::min<std::size_t>(m.payload().size(), 8);
  char* body = put_object_header(at, ObjectType::can_error_ext, kSize, time);
  std::memset(body, 0, kSize - kObjectHeader);
  put(body, static_cast<std::uint16_t>(channel));
  put(body + 10, static_cast<std::uint8_t>(length));
  put(body + 16, id_field(m));
  put_data(body + 24, m, length, 8);
  return at + kSize;
}

}  // namespace

char* encode(const Message& message, std::chrono::nanoseconds start, unsigned channel, char* at) {
  std::int64_t time;
  if (__builtin_sub_overflow(message.timestamp.count(), start.count(), &time)) time = INT64_MIN;
  if (message.error) return encode_error(message, time, channel, at);
  return message.fd ? encode_fd(message, time, channel, at)
                    : encode_message(message, time, channel, at);
}

}  // namespace can::blf
