// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "cansuite/message.h"
#include "drivers/usb2can/abi.h"

namespace can::usb2can {

/// A message as the library takes it: always with 8 bytes of data, zeros behind those that are
/// sent.
Msg encode(const Message& message);

/// Sets all of a received frame but time and channel.
void decode(const Msg& msg, Message& out);

/// The error frame for a status message with this code; none for a code that tells of no error on
/// the bus.
std::optional<Message> error_frame(unsigned long code);

}  // namespace can::usb2can
