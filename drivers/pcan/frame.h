// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/message.h"
#include "drivers/pcan/abi.h"

namespace can::pcan {

/// A message as the device takes it. The device sets ESI by itself.
Msg encode(const Message& message);
MsgFd encode_fd(const Message& message);

/// Sets all of a received message but its time and channel.
void decode(const Msg& msg, Message& out);
void decode(const MsgFd& msg, Message& out);

/// The status in a message of the type kStatus.
Status status_in(std::span<const std::uint8_t> data);

}  // namespace can::pcan
