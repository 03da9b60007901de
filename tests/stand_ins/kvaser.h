// SPDX-License-Identifier: MIT
// A handle of the stand-in for CANLIB, and how the parts of the ABI find it.
#pragma once

#include <atomic>
#include <memory>

#include "tests/stand_ins/bus.h"
#include "tests/stand_ins/control.h"
#include "tests/stand_ins/kvaser_abi.h"

namespace can::stand_in::kvaser {

struct Comparison {
  std::atomic<unsigned> code = 0, mask = 0;
};

/// As with the vendor's, a handle is used by one thread at a time.
struct Handle {
  Handle(int channel, int open_flags);

  const int flags;
  std::atomic<bool> on = false, txack = false, local_echo = true, local_txack = false;
  std::atomic<bool> error_frames = true;
  Comparison standard_filter, extended_filter;
  bool silent = false, auto_reset = true, prefer_extended = false;
  unsigned timer_scale_us = 1000;
  std::int64_t bus_on_ns = now_ns();
  long bitrate = 0, data_bitrate = 0;
  unsigned tseg1 = 0, tseg2 = 0, sjw = 0, samples = 0;
  BusStatistics statistics{};
  Port port;  // the last: its filter reads what stands above

 private:
  bool hears(const Frame& frame) const;
};

std::shared_ptr<Handle> find(int number);
bool is_virtual(int channel);
/// In the timer scale of the handle, since it went bus on.
unsigned long ticks(const Handle& handle, std::int64_t time_ns);
/// What all functions return once the device has vanished; `set CHANNEL gone_code CODE`.
Status gone_code(int channel);

/// Calls `use` with an open handle whose device is there.
template <typename Use>
int with(int number, Use use) {
  const auto handle = find(number);
  if (!handle) return kInvHandle;
  return handle->port.gone() ? gone_code(handle->port.channel()) : use(*handle);
}

}  // namespace can::stand_in::kvaser
