// SPDX-License-Identifier: MIT
#include "drivers/support/state_frame.h"

#include <algorithm>

#include "cansuite/error_frame.h"

namespace can {
namespace {

using namespace error_bits;

/// Which of the two counters made the state; both where neither is known.
std::uint8_t bits_of(const BusState& state, unsigned threshold, std::uint8_t rx, std::uint8_t tx) {
  const std::uint8_t bits = (state.rx_errors.value_or(0) >= threshold ? rx : std::uint8_t{0}) |
                            (state.tx_errors.value_or(0) >= threshold ? tx : std::uint8_t{0});
  return bits != 0 ? bits : rx | tx;
}

std::uint8_t controller_bits(const BusState& state) {
  switch (state.controller) {
    case ControllerState::error_active:
      return kActive;
    case ControllerState::error_warning:
      return bits_of(state, 96, kRxWarning, kTxWarning);
    case ControllerState::error_passive:
      return bits_of(state, 128, kRxPassive, kTxPassive);
    default:
      return 0;
  }
}

std::uint8_t byte_of(std::uint16_t counter) {
  return static_cast<std::uint8_t>(std::min<std::uint16_t>(counter, 255));
}

}  // namespace

Message state_frame(const BusState& state, std::chrono::nanoseconds time) {
  Message frame{.timestamp = time, .id = kController, .length = 8, .error = true};
  if (state.controller == ControllerState::bus_off) frame.id = kBusOff;
  frame.data[kControllerBits] = controller_bits(state);
  if (!state.tx_errors || !state.rx_errors) return frame;
  frame.id |= kCounters;
  frame.data[kTxErrors] = byte_of(*state.tx_errors);
  frame.data[kRxErrors] = byte_of(*state.rx_errors);
  return frame;
}

}  // namespace can
