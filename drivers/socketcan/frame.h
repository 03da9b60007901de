// SPDX-License-Identifier: MIT
#pragma once

#include <linux/can.h>

#include <cstddef>
#include <span>

#include "cansuite/message.h"

namespace can::socketcan {

/// Encodes a message in the kernel's layout. Returns the size in bytes: CAN_MTU or CANFD_MTU.
/// Source: linux/can.h. A classic frame has the same layout, but its raw DLC in byte 7.
std::size_t encode(const Message& message, canfd_frame& frame);

/// Decodes all but time, channel and direction. False if the bytes are not a CAN frame.
bool decode(const canfd_frame& frame, std::size_t size, Message& message);

}  // namespace can::socketcan
