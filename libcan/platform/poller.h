// SPDX-License-Identifier: MIT
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <functional>

#include "libcan/platform/descriptor.h"

namespace can {

class Watch;

/// epoll(7), level-triggered. Used by one thread.
class Poller {
 public:
  /// Throws Errc::io.
  Poller();

  /// Waits at most `timeout_ms` milliseconds, -1: without end, and calls the watches of the
  /// descriptors that are ready. Throws Errc::io, and errors of a watch.
  void wait(int timeout_ms);

 private:
  friend class Watch;
  void control(int operation, int descriptor, std::uint32_t events, Watch* watch);

  Descriptor epoll_;
};

/// A callback for the events of one descriptor. The poller and the descriptor must outlive the
/// watch. Inside a callback, any watch may be changed, but none may be destroyed.
class Watch {
 public:
  using Ready = std::function<void(std::uint32_t events)>;

  /// `ready` gets the events of epoll(7).
  Watch(Poller& poller, Ready ready) : poller_(poller), ready_(std::move(ready)) {}
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Sets the events to wait for; `descriptor` is the same in each call. 0: no events, not even the
  /// end of a connection. Throws Errc::io.
  void set(int descriptor, std::uint32_t events);

 private:
  friend class Poller;

  Poller& poller_;
  const Ready ready_;
  int descriptor_ = -1;
  std::uint32_t events_ = 0;
};

}  // namespace can
