// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>

#include "libcan/model/message.h"

namespace can {

/// Messages received without a copy where the bus can do so. Two views of the same memory, both
/// with a keeper, show the same messages.
struct MessageView {
  std::shared_ptr<const void> keeper;  ///< keeps the messages unchanged; null: the caller's memory
  std::span<const Message> messages;
};

}  // namespace can
