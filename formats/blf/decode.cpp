// SPDX-License-Identifier: MIT
#include "formats/blf/decode.h"

#include <algorithm>

#include "formats/blf/bus_errors.h"
#include "formats/blf/frame_fields.h"
#include "formats/support/vector_flags.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_bits.h"

namespace can::blf {
namespace {

using std::chrono::nanoseconds;

/// The fields behind an object's header.
struct Body {
  const char* at;
  std::size_t size;  // bytes by the header; the first kMaxDecoded are in memory

  template <class Number>
  Number field(std::size_t offset) const {
    return get<Number>(at + offset);
  }
  void need(std::size_t bytes) const {
    if (size < bytes)
      fail(Errc::corrupt, "expected a frame of {} bytes, got an object with {}", bytes, size);
  }
};

void read_id(std::uint32_t field, Message& out) {
  out.id = field & kExtendedIdMask;
  out.extended = (field & kExtendedIdFlag) != 0 || out.id > kStandardIdMask;
}

/// Sets the length by `dlc` and the `valid` bytes, of which `stored` are there. Missing ones are
/// zeros, as in Vector's reader: CANcaseXL stores 48 of 64 (python-can #1905).
void read_data(std::uint8_t dlc, std::size_t valid, const char* data, std::size_t stored,
               Message& out) {
  set_dlc(out, std::min<std::uint8_t>(dlc, 15));
  if (out.remote) return;
  if (valid < out.length) {
    out.length = static_cast<std::uint8_t>(valid);
    out.raw_dlc = 0;
  }
  const std::size_t copied = std::min<std::size_t>(out.length, stored);
  std::memcpy(out.data.data(), data, copied);
  std::memset(out.data.data() + copied, 0, out.length - copied);
}

/// CAN_MESSAGE (1); CAN_MESSAGE2 (86) adds the frame's duration behind it.
///    0  u16    channel, from 1; 0 unknown
///    2  u8     flags: bits 0-3 direction (0 Rx, 1 Tx, 2 Tx request), bit 7 remote
///    3  u8     data length code
///    4  u32    id, bit 31: extended
///    8  u8[8]  data
void decode_message(const Body& body, NumberedChannels& channels, Message& out) {
  body.need(16);
  const auto flags = body.field<std::uint8_t>(2);
  out.channel = channels.channel(body.field<std::uint16_t>(0));
  out.transmitted = (flags & kDirection) == kTransmitted;
  out.remote = (flags & kRemote) != 0;
  read_id(body.field<std::uint32_t>(4), out);
  set_dlc(out, std::min<std::uint8_t>(body.field<std::uint8_t>(3), 15));
  std::memcpy(out.data.data(), body.at + 8, 8);
}

/// CAN_FD_MESSAGE (100)
///    0  u16     channel
///    2  u8      flags, as above
///    3  u8      data length code
///    4  u32     id
///    8  u32     frame length, ns
///   12  u8      bits of the arbitration phase
///   13  u8      1 FD, 2 BRS, 4 ESI
///   14  u8      valid data bytes
///   20  u8[64]  data
///   84  u32     reserved
void decode_fd(const Body& body, NumberedChannels& channels, Message& out) {
  constexpr std::size_t kData = 20;
  body.need(kData);
  const auto flags = body.field<std::uint8_t>(2), fd_flags = body.field<std::uint8_t>(13);
  out.channel = channels.channel(body.field<std::uint16_t>(0));
  out.transmitted = (flags & kDirection) == kTransmitted;
  out.fd = (fd_flags & kFd) != 0;
  out.brs = out.fd && (fd_flags & kBrs) != 0;
  out.esi = out.fd && (fd_flags & kEsi) != 0;
  out.remote = !out.fd && (flags & kRemote) != 0;
  read_id(body.field<std::uint32_t>(4), out);
  read_data(body.field<std::uint8_t>(3), body.field<std::uint8_t>(14), body.at + kData,
            body.size - kData, out);
}

/// The number of the `valid` data bytes at `data` that are stored, in an object with extended data
/// behind them. The offset of the extended data, from the object's start, is not reliable. It
/// counts only where the extended data have room there and would have none behind all data bytes.
std::size_t stored_bytes(const ObjectHeader& header, std::size_t data, std::size_t valid,
                         std::size_t extended_data) {
  constexpr std::size_t kExtendedData = 8;
  const std::size_t stored = header.size - data;
  const bool shortens = extended_data >= data && extended_data + kExtendedData <= header.size &&
                        stored < valid + kExtendedData;
  return shortens ? extended_data - data : stored;
}

/// CAN_FD_MESSAGE_64 (101); classic frames occur here too.
///    0  u8   channel
///    1  u8   data length code
///    2  u8   valid data bytes
///    4  u32  id
///   12  u32  flags: 0x10 remote, 0x1000 FD, 0x2000 BRS, 0x4000 ESI
///   34  u8   direction: 0 Rx, 1 Tx, 2 Tx request
///   35  u8   offset of extended data; 0: none
///   40       data
void decode_fd_64(const ObjectHeader& header, const Body& body, NumberedChannels& channels,
                  Message& out) {
  constexpr std::size_t kData = 40;
  body.need(kData);
  const auto flags = body.field<std::uint32_t>(12);
  const auto valid = body.field<std::uint8_t>(2);
  out.channel = channels.channel(body.field<std::uint8_t>(0));
  out.transmitted = body.field<std::uint8_t>(34) == kTransmitted;
  out.fd = (flags & vector_flags::kFd) != 0;
  out.brs = out.fd && (flags & vector_flags::kBrs) != 0;
  out.esi = out.fd && (flags & vector_flags::kEsi) != 0;
  out.remote = !out.fd && (flags & vector_flags::kRemote) != 0;
  read_id(body.field<std::uint32_t>(4), out);
  read_data(body.field<std::uint8_t>(1), valid, body.at + kData,
            stored_bytes(header, header.header_size + kData, valid, body.field<std::uint8_t>(35)),
            out);
}

/// CAN_ERROR (2)
///    0  u16  channel
void decode_error(const Body& body, NumberedChannels& channels, Message& out) {
  body.need(2);
  out.channel = channels.channel(body.field<std::uint16_t>(0));
  set_bus_error(BusError{}, out);
}

/// CAN_ERROR_EXT (73)
///    0  u16    channel
///    4  u32    flags: 1 SJA1000's code is valid, 2 the Vector core's
///    8  u8     SJA1000's error code capture
///   10  u8     data length code
///   16  u32    id
///   20  u16    the Vector core's code
///   24  u8[8]  data
/// Without any code, as we and python-can write it, id and data are those of linux/can/error.h;
/// else they are those of the frame that was disturbed.
void decode_error_ext(const Body& body, NumberedChannels& channels, Message& out) {
  body.need(32);
  out.channel = channels.channel(body.field<std::uint16_t>(0));
  if (const auto error = bus_error(body.field<std::uint32_t>(4), body.field<std::uint8_t>(8),
                                   body.field<std::uint16_t>(20)))
    return set_bus_error(*error, out);
  out.error = true;
  out.id = body.field<std::uint32_t>(16) & kExtendedIdMask;
  out.extended = (body.field<std::uint32_t>(16) & kExtendedIdFlag) != 0;
  out.length = std::min<std::uint8_t>(body.field<std::uint8_t>(10), 8);
  std::memcpy(out.data.data(), body.at + 24, 8);
}

/// CAN_FD_ERROR_64 (104)
///    0  u8   channel
///    3  u8   SJA1000's error code capture
///    4  u16  flags, as above
///    6  u16  the Vector core's code
void decode_fd_error_64(const Body& body, NumberedChannels& channels, Message& out) {
  body.need(44);
  out.channel = channels.channel(body.field<std::uint8_t>(0));
  const auto error = bus_error(body.field<std::uint16_t>(4), body.field<std::uint8_t>(3),
                               body.field<std::uint16_t>(6));
  set_bus_error(error.value_or(BusError{}), out);
}

}  // namespace

nanoseconds time_of(const char* at, nanoseconds start) {
  const auto flags = get<std::uint32_t>(at + 16);
  auto time = get<std::int64_t>(at + 24);
  std::int64_t sum;
  if ((flags & 3) == 1 && __builtin_mul_overflow(time, std::int64_t{10'000}, &time))
    return get<std::int64_t>(at + 24) < 0 ? nanoseconds::min() : nanoseconds::max();
  if (__builtin_add_overflow(time, start.count(), &sum))
    return time < 0 ? nanoseconds::min() : nanoseconds::max();
  return nanoseconds(sum);
}

bool holds_frame(ObjectType type) {
  switch (type) {
    case ObjectType::can_message:
    case ObjectType::can_message2:
    case ObjectType::can_fd_message:
    case ObjectType::can_fd_message_64:
    case ObjectType::can_error:
    case ObjectType::can_error_ext:
    case ObjectType::can_fd_error_64:
      return true;
    default:
      return false;
  }
}

bool decode(const ObjectHeader& header, const char* at, nanoseconds start,
            NumberedChannels& channels, Message& out) {
  if (header.version < 1 || header.version > 3) return false;
  if (header.header_size < kObjectHeader)
    fail(Errc::corrupt, "expected a header with a time, got one of {} bytes", header.header_size);
  const Body body{at + header.header_size, header.size - header.header_size};
  out.reset();
  out.timestamp = time_of(at, start);
  switch (header.type) {
    case ObjectType::can_fd_message:
      decode_fd(body, channels, out);
      break;
    case ObjectType::can_fd_message_64:
      decode_fd_64(header, body, channels, out);
      break;
    case ObjectType::can_error:
      decode_error(body, channels, out);
      break;
    case ObjectType::can_error_ext:
      decode_error_ext(body, channels, out);
      break;
    case ObjectType::can_fd_error_64:
      decode_fd_error_64(body, channels, out);
      break;
    default:
      decode_message(body, channels, out);
  }
  return true;
}

}  // namespace can::blf
