// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>

#include "libcan/model/message.h"

namespace can {

/// What a bus is, besides, that gives all its ends in this process the same messages in the same
/// memory: who serves many of them can see that it has had these before.
class SharedMessages {
 public:
  /// Messages that don't change as long as `keeper` is held. Two views of the same memory show the
  /// same messages.
  struct View {
    std::shared_ptr<const void> keeper;
    std::span<const Message> messages;
  };

  /// As Bus::receive() without waiting, by the thread that may call that. Nothing where no message
  /// is there.
  virtual View receive_shared() = 0;

 protected:
  ~SharedMessages() = default;
};

}  // namespace can
