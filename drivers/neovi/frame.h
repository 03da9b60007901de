// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/message.h"
#include "drivers/neovi/abi.h"

namespace can::neovi {

/// A message as the library takes it. It points to the data of `message`, which has to stay.
/// `number`, 1 to 7FFF, comes back with the report of sending.
SpyMessage encode(const Message& message, int network, std::int16_t number);

/// Sets all of a received message but time and channel.
void decode(const SpyMessage& spy, Message& out);

inline int network_of(const SpyMessage& spy) { return spy.network | spy.network2 << 8; }

/// Whether it is an error of the bus or the controller.
bool is_error(const SpyMessage& spy);

}  // namespace can::neovi
