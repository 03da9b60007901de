// SPDX-License-Identifier: MIT
#include "formats/mf4/decode.h"

#include <algorithm>
#include <cstring>

#include "cansuite/error_frame.h"

namespace can::mf4 {
namespace {

using namespace error_bits;

std::uint8_t clamped(std::int64_t value, std::uint8_t max) {
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, max));
}

std::uint8_t dlc_in(const FrameFields& fields, const char* record, std::uint64_t index) {
  return clamped(fields.dlc.value(record, index, 0), 15);
}

/// The length in bytes says how many are the frame's; where it is absent, the length code does.
std::uint8_t stored_length(const FrameFields& fields, const char* record, std::uint64_t index,
                           std::span<const char> payload) {
  const std::uint8_t dlc = dlc_in(fields, record, index);
  const bool fd = fields.fd.value(record, index, 0) != 0;
  const std::int64_t by_code = fields.dlc.present() ? (fd ? length_of(dlc) : std::min<int>(dlc, 8))
                                                    : static_cast<std::int64_t>(payload.size());
  return clamped(fields.length.value(record, index, by_code), 64);
}

void set_data(const FrameFields& fields, const char* record, std::uint64_t index,
              std::span<const char> payload, Message& out) {
  const std::uint8_t dlc = dlc_in(fields, record, index),
                     length = stored_length(fields, record, index, payload);
  out.fd = length > 8 || fields.fd.value(record, index, 0) != 0;
  out.length = length_of(dlc_of(length));
  if (!out.fd && length == 8 && dlc > 8) out.raw_dlc = dlc;
  if (out.fd) out.brs = fields.brs.value(record, index, 0) != 0;
  if (out.fd) out.esi = fields.esi.value(record, index, 0) != 0;
  set_payload(payload.data(), payload_size(fields, record, index, payload, out), out);
}

void set_remote(const FrameFields& fields, const char* record, std::uint64_t index, Message& out) {
  out.remote = true;
  const std::int64_t length = fields.length.value(record, index, 0);
  const std::uint8_t dlc = clamped(fields.dlc.value(record, index, length), 15);
  out.length = std::min<std::uint8_t>(dlc, 8);
  if (dlc > 8) out.raw_dlc = dlc;
}

void set_error_of_type(ErrorType type, Message& out) {
  if (type == ErrorType::unknown || type > ErrorType::ack) return;
  constexpr std::uint8_t kKinds[] = {0, kBit, kForm, kStuff, 0, 0};
  out.id = kProtocol | kBusError | (type == ErrorType::ack ? kNoAck : 0);
  out.length = 8;
  std::memset(out.data.data(), 0, 8);
  out.data[kProtocolKind] = kKinds[static_cast<std::size_t>(type)];
  if (type == ErrorType::crc) out.data[kProtocolPlace] = kCrcSequence;
  if (type == ErrorType::ack) out.data[kProtocolPlace] = kAckSlot;
}

/// An error frame with 8 data bytes has the classes of error_frame.h as its id; those of other
/// writers have none, and the id of the frame that was disturbed, if any.
void set_error(const FrameFields& fields, const char* record, std::uint64_t index,
               std::span<const char> payload, Message& out) {
  const std::int64_t length = fields.length.value(record, index, 0);
  out.error = true;
  if (length > 0 && length <= 8 && payload.size() >= 8) {
    out.length = static_cast<std::uint8_t>(length);
    return set_payload(payload.data(), out.length, out);
  }
  if (fields.error_type.present()) out.id = 0;
  out.extended = out.id > kStandardIdMask;
  set_error_of_type(ErrorType{clamped(fields.error_type.value(record, index, 0), 255)}, out);
}

}  // namespace

void decode(const FrameFields& fields, const char* record, std::uint64_t index,
            std::span<const char> payload, NumberedChannels& channels, Message& out) {
  out.reset();
  const std::int64_t id = fields.id.value(record, index, 0);
  out.id = static_cast<std::uint32_t>(id & kExtendedIdMask);
  out.extended = is_extended(id) || fields.extended.value(record, index, 0) != 0;
  if (fields.channel.present())
    out.channel =
        channels.channel(static_cast<unsigned>(fields.channel.value(record, index, 0) & 0xFFFF));
  out.transmitted = fields.direction.value(record, index, 0) == 1;
  if (fields.kind == FrameKind::data)
    set_data(fields, record, index, payload, out);
  else if (fields.kind == FrameKind::remote)
    set_remote(fields, record, index, out);
  else if (fields.kind == FrameKind::error)
    set_error(fields, record, index, payload, out);
}

std::size_t payload_size(const FrameFields& fields, const char* record, std::uint64_t index,
                         std::span<const char> payload, const Message& out) {
  const std::size_t stored = stored_length(fields, record, index, payload);
  return std::min({payload.size(), stored, std::size_t{out.length}});
}

ErrorType error_type_of(const Message& message) {
  if ((message.id & kNoAck) != 0) return ErrorType::ack;
  if ((message.id & kProtocol) == 0 || message.length < 8) return ErrorType::unknown;
  const std::uint8_t kind = message.data[kProtocolKind];
  if ((kind & kBit) != 0) return ErrorType::bit;
  if ((kind & kForm) != 0) return ErrorType::form;
  if ((kind & kStuff) != 0) return ErrorType::stuff;
  return message.data[kProtocolPlace] == kCrcSequence ? ErrorType::crc : ErrorType::unknown;
}

}  // namespace can::mf4
