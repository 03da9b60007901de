// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "cansuite/message.h"

namespace can::kvaser {

/// The flags of a message that is sent. CANLIB refuses ESI, which the controller sets by itself.
unsigned flags_of(const Message& message);

/// Sets all of a received message but time and channel. `length`: data bytes, as CANLIB says; the
/// data are in place.
void decode(long id, unsigned length, unsigned flags, Message& out);

}  // namespace can::kvaser
