// SPDX-License-Identifier: MIT
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <functional>

#include "libcan/platform/descriptor.h"

namespace can::remote {

/// What to do when a descriptor is ready; stays where it is while the poller knows it.
struct Handler {
  std::function<void(std::uint32_t events)> ready;
};

/// epoll(7), level-triggered.
class Poller {
 public:
  Poller();

  void add(int descriptor, std::uint32_t events, Handler& handler);
  void change(int descriptor, std::uint32_t events, Handler& handler);
  void remove(int descriptor);

  /// Waits and calls the handlers of what is ready. -1: without end. A handler may change what
  /// the poller knows, but must leave the other handlers alive.
  void wait(int timeout_ms);

 private:
  void control(int operation, int descriptor, std::uint32_t events, Handler* handler);

  Descriptor epoll_;
};

}  // namespace can::remote
