// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <thread>
#include <vector>

#include "libcan/flow/listener.h"
#include "libcan/model/bus.h"

namespace can {

/// Receives from a bus on a thread of its own and tells listeners, in their order.
/// Neither the bus nor the listeners are owned; both must outlive it.
class Notifier {
 public:
  Notifier(Bus& bus, std::vector<Listener*> listeners);
  ~Notifier();  ///< as stop(), but what went wrong is lost

  /// Takes what the bus still holds, ends the thread and calls stop() of each listener, once.
  /// Throws what the bus or a listener threw on the thread.
  void stop();

 private:
  void run(const std::stop_token& stop);
  bool deliver(std::chrono::nanoseconds timeout);

  Bus& bus_;
  std::vector<Listener*> listeners_;
  std::exception_ptr failure_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace can
