// SPDX-License-Identifier: MIT
#include "drivers/ixxat/frame.h"

#include <algorithm>

#include "cansuite/error_frame.h"

namespace can::ixxat {
namespace {

using namespace error_bits;

void decode_error(std::uint8_t kind, Message& out) {
  out.error = true;
  out.id = kind == kErrorAck ? kNoAck | kBusError : kProtocol | kBusError;
  out.length = 8;
  out.data = {};
  out.data[kProtocolKind] = kind == kErrorStuff  ? kStuff
                            : kind == kErrorForm ? kForm
                            : kind == kErrorBit  ? error_bits::kBit
                                                 : std::uint8_t{0};
  if (kind == kErrorCrc) out.data[kProtocolPlace] = kCrcSequence;
}

}  // namespace

Msg encode(const Message& message, bool own) {
  Msg msg{};
  msg.id = message.id;
  msg.info = std::uint32_t{dlc_of(message)} << kDlcShift | (message.extended ? kExtended : 0) |
             (message.remote ? kRemote : 0) | (own ? kSelfReception : 0);
  std::ranges::copy(
      message.payload().first(message.remote ? 0 : std::min<std::size_t>(message.length, 8)),
      &msg.data[0]);
  return msg;
}

void decode(const Msg& msg, Message& out) {
  out.reset();
  out.transmitted = (msg.info & kSelfReception) != 0;
  if (type_of(msg) == kError) return decode_error(msg.data[0], out);
  out.extended = (msg.info & kExtended) != 0;
  out.remote = (msg.info & kRemote) != 0;
  out.id = msg.id & (out.extended ? kExtendedIdMask : kStandardIdMask);
  set_dlc(out, msg.info >> kDlcShift & 15);
  if (out.remote) out.raw_dlc = 0;
  std::ranges::copy(msg.data, out.data.begin());
}

AcceptedIds accepted_ids(const Filter& filter) {
  const bool one_kind = filter.remote.has_value();
  return {filter.id << 1 | (filter.remote.value_or(false) ? 1u : 0u),
          filter.mask << 1 | (one_kind ? 1u : 0u)};
}

}  // namespace can::ixxat
