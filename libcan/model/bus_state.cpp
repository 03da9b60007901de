// SPDX-License-Identifier: MIT
#include "cansuite/bus_state.h"

#include "cansuite/error_frame.h"

namespace can {
namespace {

using namespace error_bits;

ControllerState controller_in(const Message& error, ControllerState before) {
  if ((error.id & kBusOff) != 0) return ControllerState::bus_off;
  if ((error.id & kRestarted) != 0) return ControllerState::error_active;
  if ((error.id & kController) == 0) return before;
  const unsigned bits = error.data[kControllerBits];
  if ((bits & (kRxPassive | kTxPassive)) != 0) return ControllerState::error_passive;
  if ((bits & (kRxWarning | kTxWarning)) != 0) return ControllerState::error_warning;
  return (bits & kActive) != 0 ? ControllerState::error_active : before;
}

}  // namespace

std::string_view name_of(ControllerState state) {
  constexpr std::string_view kNames[] = {
      "", "error-active", "error-warning", "error-passive", "bus-off", "stopped"};
  return kNames[static_cast<std::size_t>(state)];
}

void learn(const Message& error, BusState& state) {
  if (!error.error) return;
  state.controller = controller_in(error, state.controller);
  if ((error.id & kCounters) == 0 || error.length < 8) return;
  state.tx_errors = error.data[kTxErrors];
  state.rx_errors = error.data[kRxErrors];
}

}  // namespace can
