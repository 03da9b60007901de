// SPDX-License-Identifier: MIT
#include "formats/mf4/decode.h"

#include <algorithm>
#include <cstring>

#include "cansuite/error_frame.h"

namespace can::mf4 {
namespace {

using namespace error_bits;

void set_id(const FrameFields& fields, const char* record, std::uint64_t index, Message& out) {
  constexpr std::int64_t kFlag = std::int64_t{1} << 31;
  const std::int64_t id = fields.id.value(record, index, 0);
  out.id = static_cast<std::uint32_t>(id & kExtendedIdMask);
  out.extended =
      (id & kFlag) != 0 || out.id > kStandardIdMask || fields.extended.value(record, index, 0) != 0;
}

std::uint8_t clamped(std::int64_t value, std::uint8_t max) {
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, max));
}

void set_payload(std::span<const char> payload, std::size_t stored, Message& out) {
  const std::size_t size = std::min({payload.size(), stored, out.payload().size()});
  std::copy_n(payload.begin(), size, out.data.begin());
  std::memset(out.data.data() + size, 0, out.payload().size() - size);
}

/// The length in bytes says how many are the frame's; where it is absent, the length code does.
void set_data(const FrameFields& fields, const char* record, std::uint64_t index,
              std::span<const char> payload, Message& out) {
  const std::uint8_t dlc = clamped(fields.dlc.value(record, index, 0), 15);
  out.fd = fields.fd.value(record, index, 0) != 0;
  const std::int64_t by_code = fields.dlc.present()
                                   ? (out.fd ? length_of(dlc) : std::min<int>(dlc, 8))
                                   : static_cast<std::int64_t>(payload.size());
  const std::uint8_t length = clamped(fields.length.value(record, index, by_code), 64);
  out.fd |= length > 8;
  out.length = length_of(dlc_of(length));
  if (!out.fd && length == 8 && dlc > 8) out.raw_dlc = dlc;
  if (out.fd) out.brs = fields.brs.value(record, index, 0) != 0;
  if (out.fd) out.esi = fields.esi.value(record, index, 0) != 0;
  set_payload(payload, length, out);
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
    return set_payload(payload, out.length, out);
  }
  if (fields.error_type.present()) out.id = 0;
  out.extended = out.id > kStandardIdMask;
  set_error_of_type(ErrorType{clamped(fields.error_type.value(record, index, 0), 255)}, out);
}

}  // namespace

bool decode(const FrameFields& fields, const char* record, std::uint64_t index,
            std::span<const char> payload, NumberedChannels& channels, Message& out) {
  out.reset();
  set_id(fields, record, index, out);
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
  return why_invalid(out) == nullptr;
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
