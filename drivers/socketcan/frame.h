// SPDX-License-Identifier: MIT
#pragma once

#include <linux/can.h>

#include <cstddef>
#include <span>

#include "libcan/model/message.h"

namespace can::socketcan {

/// The message in the kernel's layout. Returns the bytes to hand over: CAN_MTU or CANFD_MTU.
/// Source: linux/can.h. A classic frame has the same layout, but byte 7 is its raw DLC.
std::size_t encode(const Message& message, canfd_frame& frame);

/// Sets all but the time, channel and direction. False when the bytes are no CAN frame.
bool decode(const canfd_frame& frame, std::size_t size, Message& message);

}  // namespace can::socketcan
