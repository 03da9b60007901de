// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>

#include "cansuite/message.h"

namespace can {

/// Received messages, without a copy where the bus can do so. Two views of the same memory, both
/// with a keeper, have the same content.
struct MessageView {
  std::shared_ptr<const void> keeper;  ///< owns unchanging messages; null: the caller's memory
  std::span<const Message> messages;   ///< valid as long as the keeper, or the caller's memory
};

}  // namespace can
