// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "cansuite/message.h"
#include "formats/mf4/groups.h"
#include "formats/support/channel_numbers.h"

namespace can::mf4 {

/// Makes a message of a record, but for its time. `payload`: the data bytes that were stored, more
/// or fewer than the frame's length; it has a place even if empty, and eight bytes behind it may be
/// read. An id above 7FF is
/// extended. A length that no frame has is rounded up, with zeros.
void decode(const FrameFields& fields, const char* record, std::uint64_t index,
            std::span<const char> payload, NumberedChannels& channels, Message& out);

/// The bytes of the payload that belong to the data frame in `out`, which decode() made of it.
std::size_t payload_size(const FrameFields& fields, const char* record, std::uint64_t index,
                         std::span<const char> payload, const Message& out);

/// Whether the raw value of an id says that it is extended: by bit 31, or as it is above 7FF.
constexpr bool is_extended(std::int64_t id) {
  constexpr std::int64_t kFlag = std::int64_t{1} << 31;
  return (id & (kFlag | (kExtendedIdMask ^ kStandardIdMask))) != 0;
}

/// Copies so many bytes into the frame, and zeros up to its length. Up to eight bytes behind them
/// are read.
inline void set_payload(const char* payload, std::size_t size, Message& out) {
  std::memcpy(out.data.data(), payload, 8);
  for (std::size_t at = 8; at < size; at += 8) std::memcpy(out.data.data() + at, payload + at, 8);
  if (size < out.length) std::memset(out.data.data() + size, 0, out.length - size);
}

/// The kind of an error in ASAM's "ErrorType", of an error frame in the terms of error_frame.h.
enum class ErrorType : std::uint8_t { unknown, bit, form, stuff, crc, ack };
ErrorType error_type_of(const Message& message);

}  // namespace can::mf4
