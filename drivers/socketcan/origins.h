// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/socketcan/batch.h"
#include "libcan/model/channel.h"

namespace can::socketcan {

/// The interfaces that messages came from: their channel and their clock.
class Origins {
 public:
  /// With `only`, there is no other channel.
  explicit Origins(Channel only) : only_(only) {}

  /// Sets channel and time of a message.
  void complete(int interface, const Arrival& arrival, Message& message);

 private:
  struct Origin {
    int interface = 0;
    Channel channel;
    std::chrono::nanoseconds clock_offset{};  ///< add it to the time of the device
  };
  Origin& find(int interface);

  const Channel only_;
  std::vector<Origin> origins_;
};

}  // namespace can::socketcan
