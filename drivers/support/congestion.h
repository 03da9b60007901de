// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>

namespace can {

/// Why the last send failed: the socket buffer is full (EAGAIN; poll(2) signals room), or the
/// interface's queue is (ENOBUFS; nothing signals room, so the sender retries). Any thread may use
/// it.
class Congestion {
 public:
  /// Records `error`, the errno of a failed send. True when the same message can be sent later.
  bool remember(int error);

  /// Waits up to `limit` for room in `socket`. False, at once, where nothing signals room.
  bool wait(int socket, std::chrono::nanoseconds limit) const;

 private:
  std::atomic<int> error_ = 0;
};

}  // namespace can
