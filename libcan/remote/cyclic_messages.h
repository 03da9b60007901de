// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cansuite/bus.h"
#include "libcan/remote/protocol.h"

namespace can::remote {

/// Cyclic messages of one client, or of all.
struct CyclicLoad {
  std::size_t messages = 0;
  std::int64_t rate = 0;  ///< messages in 1,000 seconds
};

/// The messages that a bus sends periodically for one client, by id: 256 messages at most, and
/// 10,000 a second together; of all clients 1,024, and 20,000 a second. Used by one thread. The bus
/// and `all` have to outlive the object.
class CyclicMessages {
 public:
  /// `all`: the load of all clients, to which the object adds its own.
  explicit CyclicMessages(CyclicLoad& all) : all_(all) {}
  ~CyclicMessages() { stop_all(); }
  CyclicMessages(const CyclicMessages&) = delete;
  CyclicMessages& operator=(const CyclicMessages&) = delete;

  /// Starts the cyclic message of `event`, a cyclic_start; ends the message of the same id. Throws
  /// Errc::unsupported beyond the limits; otherwise as Bus::send_periodic().
  void start(Bus& bus, const Event& event);

  /// Ends the message with this id, if any.
  void stop(std::uint32_t id);
  void stop_all();

  /// Removes the messages that have ended. Returns the error of each message that failed.
  std::vector<std::string> remove_ended();

 private:
  struct Cyclic {
    std::unique_ptr<PeriodicTask> task;
    std::chrono::nanoseconds period{};
  };

  void count(std::chrono::nanoseconds period, int change);

  CyclicLoad& all_;
  CyclicLoad own_;
  std::map<std::uint32_t, Cyclic> messages_;
};

}  // namespace can::remote
