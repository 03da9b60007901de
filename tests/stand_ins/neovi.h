// SPDX-License-Identifier: MIT
// An open device of the stand-in for libicsneo, and how the two halves of the ABI find it.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "tests/stand_ins/bus.h"
#include "tests/stand_ins/control.h"
#include "tests/stand_ins/neovi_abi.h"

namespace can::stand_in::neovi {

/// Numbers of libicsneo's own events.
enum Event : int {
  kBufferFull = 0x100D,
  kNoResponse = 0x104B,
  kIllegalNetwork = 0x105A,
  kBadMessage = 0x1010,
  kBadRate = 0x1011,
};

struct Device {
  explicit Device(int channel);

  void fail(Event event);

  std::mutex mutex;  // guards what follows
  std::deque<int> events;
  int last_event = 0;
  std::vector<std::array<std::uint8_t, 64>> extra_data;  // what the last messages point to
  Port port;
};

/// The device of a handle; none: closed, or never opened.
std::shared_ptr<Device> find(void* handle);
bool is_can(unsigned network);

/// Calls `use` with an open device that is there; 0 otherwise.
template <typename Use>
int with(void* handle, Use use) {
  const auto device = find(handle);
  if (!device) return 0;
  if (!device->port.gone()) return use(*device);
  device->fail(kNoResponse);
  return 0;
}

}  // namespace can::stand_in::neovi
