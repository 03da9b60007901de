// SPDX-License-Identifier: MIT
#include "tests/bench/vehicle.h"

#include <span>

namespace can::bench {

std::vector<Vehicle::Batch> Vehicle::next_second() {
  traffic_.next(messages_);
  const auto rate = static_cast<std::int64_t>(messages_.size());
  for (std::int64_t i = 0; i < rate; ++i)
    messages_[static_cast<std::size_t>(i)].timestamp =
        start_ + std::chrono::microseconds(i * 1'000'000 / rate);
  start_ += std::chrono::seconds(1);
  std::vector<Batch> batches;
  for (std::span<const Message> left = messages_; !left.empty();) {
    const std::size_t taken = encoder_.add(left);
    batches.push_back({encoder_.take(next_), taken});
    ++next_.number;
    next_.first_frame += taken;
    left = left.subspan(taken);
  }
  return batches;
}

}  // namespace can::bench
