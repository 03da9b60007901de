// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cansuite/channel.h"
#include "drivers/socketcan/batch.h"

namespace can::socketcan {

/// Channel and clock of each interface that messages came from. Used by one thread.
class Origins {
 public:
  /// `only`: the channel of all messages, if any.
  explicit Origins(Channel only) : only_(only) {}

  /// Sets channel and time of a message.
  void complete(int interface, const Arrival& arrival, Message& message);

 private:
  struct Origin {
    int interface = 0;
    Channel channel;
    std::chrono::nanoseconds clock_offset{};  ///< added to the time of the device
  };
  Origin& find(int interface);

  const Channel only_;
  std::vector<Origin> origins_;
};

}  // namespace can::socketcan
