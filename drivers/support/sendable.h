// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "libcan/model/message.h"

namespace can {

/// The messages before the first that can't stand on the bus, or that is CAN FD where `fd` is
/// false.
std::span<const Message> sendable(std::span<const Message> messages, bool fd);

/// Throws what Bus::send() throws for a message that sendable() left out.
[[noreturn]] void refuse(std::string_view where, const Message& message);

}  // namespace can
