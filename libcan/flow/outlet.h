// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "cansuite/bus.h"

namespace can {

/// What is done where a bus takes no more messages.
enum class OnFull {
  stop,  ///< after a second, Errc::full
  wait,  ///< wait for room
  drop,  ///< the message is not sent
};

/// What is done with messages that can't be sent.
struct OutletRules {
  OnFull on_full = OnFull::stop;
  bool skip_unsendable = false;  ///< leave out what the bus can't have, instead of failing
};

/// Messages that were left out by the rules.
struct LeftOut {
  std::uint64_t unsendable = 0;  ///< the bus can't have them
  std::uint64_t no_room = 0;     ///< the bus took no more
};

/// Sends what the bus takes now of the messages, from the front, or leaves the first one out.
/// Returns how many were sent, and sets `done` to how many are done with: none where the bus has no
/// room yet, for which the function has waited up to `limit`. Throws as Bus::send_now().
std::size_t send_by_rules(Bus& bus, std::span<const Message> messages, const OutletRules& rules,
                          std::chrono::nanoseconds limit, LeftOut& left_out, std::size_t& done);

}  // namespace can
