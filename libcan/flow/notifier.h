// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <thread>
#include <vector>

#include "libcan/flow/listener.h"
#include "libcan/model/bus.h"

namespace can {

/// Receives from a bus on a thread of its own and calls listeners there, in the order given.
/// Neither the bus nor the listeners are owned; both must outlive this.
class Notifier {
 public:
  Notifier(Bus& bus, std::vector<Listener*> listeners);
  ~Notifier();  ///< calls stop(); what that throws is lost

  /// Receives what the bus still holds, ends the thread, then stops each listener, once.
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
