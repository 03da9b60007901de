// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "cansuite/message.h"

namespace can {

/// The messages before the first that is not valid, or that is CAN FD while `fd` is false.
std::span<const Message> sendable(std::span<const Message> messages, bool fd);

/// Throws the error of Bus::send() for a message that sendable() left out.
[[noreturn]] void refuse(std::string_view where, const Message& message);

}  // namespace can
