// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cansuite/bus.h"
#include "libcan/remote/protocol.h"

namespace can::remote {

/// The messages that a bus sends periodically for one client, by id: 256 messages at most, and
/// 20,000 a second together. Used by one thread. The bus has to outlive the object.
class CyclicMessages {
 public:
  /// Starts the cyclic message of `event`, a cyclic_start; ends the message of the same id. Throws
  /// Errc::unsupported beyond the limits; otherwise as Bus::send_periodic().
  void start(Bus& bus, const Event& event);

  /// Ends the message with this id, if any.
  void stop(std::uint32_t id) { messages_.erase(id); }
  void stop_all() { messages_.clear(); }

  /// Removes the messages that have ended. Returns the error of each message that failed.
  std::vector<std::string> remove_ended();

 private:
  struct Cyclic {
    std::unique_ptr<PeriodicTask> task;
    std::chrono::nanoseconds period{};
  };

  void check_limits(std::chrono::nanoseconds period) const;

  std::map<std::uint32_t, Cyclic> messages_;
};

}  // namespace can::remote
