// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

namespace can {

/// Why a socket took no message: its buffer is full, and poll(2) tells when it isn't, or the queue
/// of the interface behind it is, of which nothing tells. Any thread may use it.
class Congestion {
 public:
  /// Remembers `error`, the errno of a send. Whether the same can be sent later.
  bool remember(int error);

  /// Waits for a while until `socket` takes more. False, at once, where that can't be waited for.
  bool wait(int socket) const;

 private:
  std::atomic<int> error_ = 0;
};

}  // namespace can
