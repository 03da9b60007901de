// SPDX-License-Identifier: MIT
#include "drivers/socketcan/origins.h"

#include <net/if.h>

#include <algorithm>
#include <chrono>

namespace can::socketcan {

using namespace std::chrono_literals;

void Origins::complete(int interface, const Arrival& arrival, Message& message) {
  Origin& origin = find(interface);
  message.channel = origin.channel;
  message.timestamp = arrival.kernel;
  if (arrival.hardware == 0ns) return;
  // The clocks of many devices start from 0, again after each plugging in.
  if (std::chrono::abs(arrival.hardware + origin.clock_offset - arrival.kernel) > 1s)
    origin.clock_offset = arrival.kernel - arrival.hardware;
  message.timestamp = arrival.hardware + origin.clock_offset;
}

Origins::Origin& Origins::find(int interface) {
  const auto found = std::ranges::find(origins_, interface, &Origin::interface);
  if (found != origins_.end()) return *found;
  constexpr std::size_t kMax = 256;  // limit for interfaces that come and go for months
  if (origins_.size() == kMax) origins_.clear();
  char name[IF_NAMESIZE] = {};
  if (!only_) ::if_indextoname(static_cast<unsigned>(interface), name);
  return origins_.emplace_back(Origin{interface, only_ ? only_ : Channel(name), 0ns});
}

}  // namespace can::socketcan
