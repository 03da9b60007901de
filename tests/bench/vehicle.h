// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "libcan/canb/canb.h"
#include "tests/bench/traffic.h"

namespace can::bench {

/// What a vehicle records, in batches. Not thread-safe.
class Vehicle {
 public:
  /// `rate`: messages a second. `start`: the time of the first one, since the Unix epoch.
  Vehicle(std::uint64_t run, std::size_t rate, std::chrono::nanoseconds start)
      : messages_(rate), next_{.run = run}, start_(start) {}

  /// A batch, and how many messages it has.
  struct Batch {
    std::string bytes;
    std::size_t messages;
  };

  /// The batches of the next second: one, or more where a second doesn't fit into one.
  std::vector<Batch> next_second();

 private:
  Traffic traffic_;
  std::vector<Message> messages_;
  canb::Encoder encoder_;
  canb::BatchInfo next_;
  std::chrono::nanoseconds start_;  // of the next second
};

}  // namespace can::bench
