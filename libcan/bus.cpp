// SPDX-License-Identifier: MIT
#include "libcan/bus.h"

#include <algorithm>

namespace can {

std::size_t Bus::receive(std::span<Message> out, std::chrono::nanoseconds timeout) {
  using Clock = std::chrono::steady_clock;
  const bool forever = timeout > std::chrono::hours(24 * 365);  // now + timeout could overflow
  const auto deadline = forever ? Clock::time_point::max() : Clock::now() + timeout;
  for (;;) {
    const std::size_t taken = receive_any(out, timeout);
    if (taken == 0 || !filter_here_) return taken;
    auto end = std::remove_if(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(taken),
                              [this](const Message& m) { return !matches(filters_, m); });
    if (end != out.begin()) return static_cast<std::size_t>(end - out.begin());
    if (forever) continue;
    timeout =
        std::max<std::chrono::nanoseconds>(deadline - Clock::now(), std::chrono::nanoseconds{0});
    if (timeout.count() == 0) return 0;
  }
}

void Bus::set_filters(Filters filters) {
  filters_ = std::move(filters);
  filter_here_ = !filter_in_device(filters_) && !filters_.empty();
}

}  // namespace can
