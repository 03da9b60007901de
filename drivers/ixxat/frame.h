// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/filter.h"
#include "cansuite/message.h"
#include "drivers/ixxat/abi.h"

namespace can::ixxat {

/// A message as VCI takes it; `own`: it comes back when it was sent.
Msg encode(const Message& message, bool own);

/// Sets all of a received frame but time and channel; for a message of the types kData and kError.
void decode(const Msg& msg, Message& out);

inline std::uint32_t type_of(const Msg& msg) { return msg.info & kTypeMask; }

/// A filter as VCI takes it: bit 0 is that of remote frames, the id is above it.
struct AcceptedIds {
  std::uint32_t code, mask;
};
AcceptedIds accepted_ids(const Filter& filter);

}  // namespace can::ixxat
