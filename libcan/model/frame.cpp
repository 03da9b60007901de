// SPDX-License-Identifier: MIT
#include "cansuite/frame.h"

#include <algorithm>

#include "libcan/model/fail.h"

namespace can {
namespace {

using Bytes = std::span<const std::uint8_t>;

Bytes bytes_of(std::initializer_list<std::uint8_t> data) { return {data.begin(), data.size()}; }

Message checked(Message message) {
  if (const char* why = why_invalid(message)) fail(Errc::invalid, "id {:X}: {}", message.id, why);
  return message;
}

Message with_data(Message message, Bytes data) {
  set_data(message, data);
  return checked(message);
}

}  // namespace

Message frame(std::uint32_t id, Bytes data) { return with_data({.id = id}, data); }

Message frame(std::uint32_t id, std::initializer_list<std::uint8_t> data) {
  return frame(id, bytes_of(data));
}

Message extended_frame(std::uint32_t id, Bytes data) {
  return with_data({.id = id, .extended = true}, data);
}

Message extended_frame(std::uint32_t id, std::initializer_list<std::uint8_t> data) {
  return extended_frame(id, bytes_of(data));
}

Message fd_frame(std::uint32_t id, Bytes data, FdKind kind) {
  return with_data({.id = id, .extended = kind.extended, .fd = true, .brs = kind.brs}, data);
}

Message fd_frame(std::uint32_t id, std::initializer_list<std::uint8_t> data, FdKind kind) {
  return fd_frame(id, bytes_of(data), kind);
}

Message remote_frame(std::uint32_t id, std::uint8_t length, bool extended) {
  return checked({.id = id, .length = length, .extended = extended, .remote = true});
}

void set_data(Message& message, Bytes data) {
  const std::size_t max = message.remote ? 0 : message.fd ? 64 : 8;
  if (data.size() > max)
    fail(Errc::invalid, "id {:X}: expected at most {} bytes of data, got {}", message.id, max,
         data.size());
  message.raw_dlc = 0;
  const auto size = static_cast<std::uint8_t>(data.size());
  message.length = message.fd ? length_of(dlc_of(size)) : message.remote ? message.length : size;
  const auto end = std::ranges::copy(data, message.data.begin()).out;
  std::fill(end, message.data.end(), std::uint8_t{0});
}

void set_data(Message& message, std::initializer_list<std::uint8_t> data) {
  set_data(message, bytes_of(data));
}

bool same_frame(const Message& a, const Message& b) {
  Message other = b;
  other.timestamp = a.timestamp;
  other.channel = a.channel;
  other.transmitted = a.transmitted;
  return a == other;
}

}  // namespace can
