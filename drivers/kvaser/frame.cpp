// SPDX-License-Identifier: MIT
#include "drivers/kvaser/frame.h"

#include <algorithm>

#include "cansuite/error_frame.h"
#include "drivers/kvaser/abi.h"

namespace can::kvaser {
namespace {

using namespace error_bits;

std::uint8_t violation_in(unsigned flags) {
  std::uint8_t kind = 0;
  if ((flags & kvaser::kStuff) != 0) kind |= error_bits::kStuff;
  if ((flags & kvaser::kForm) != 0) kind |= error_bits::kForm;
  if ((flags & kBit0) != 0) kind |= kDominant;
  if ((flags & kBit1) != 0) kind |= kRecessive;
  return kind;
}

/// An error frame has the id 0 where CANLIB gives no details.
void decode_error(unsigned flags, Message& out) {
  constexpr unsigned kViolation = kvaser::kStuff | kvaser::kForm | kCrc | kBit0 | kBit1;
  out.id = 0;
  out.length = 0;
  out.error = true;
  if ((flags & (kViolation | kHwOverrun | kSwOverrun)) == 0) return;
  out.length = 8;
  out.data = {};
  if ((flags & kViolation) != 0) out.id |= kProtocol;
  out.data[kProtocolKind] = violation_in(flags);
  if ((flags & kCrc) != 0) out.data[kProtocolPlace] = kCrcSequence;
  if ((flags & (kHwOverrun | kSwOverrun)) == 0) return;
  out.id |= kController;
  out.data[kControllerBits] = kRxOverflow;
}

}  // namespace

unsigned flags_of(const Message& message) {
  if (message.error) return kErrorFrame;
  unsigned flags = message.extended ? kExt : kStd;
  if (message.remote) flags |= kRtr;
  if (message.fd) flags |= kFdf | (message.brs ? kBrs : 0);
  return flags;
}

void decode(long id, unsigned length, unsigned flags, Message& out) {
  out.reset();
  out.transmitted = (flags & (kTxAck | kLocalTxAck)) != 0;
  if ((flags & kErrorFrame) != 0) return decode_error(flags, out);
  out.extended = (flags & kExt) != 0;
  out.id = static_cast<std::uint32_t>(id) & (out.extended ? kExtendedIdMask : kStandardIdMask);
  out.remote = (flags & kRtr) != 0;
  out.fd = (flags & kFdf) != 0;
  out.brs = (flags & kBrs) != 0;
  out.esi = (flags & kEsi) != 0;
  out.length = static_cast<std::uint8_t>(std::min(length, out.fd ? 64u : 8u));
}

}  // namespace can::kvaser
