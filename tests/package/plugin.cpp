// SPDX-License-Identifier: MIT
// A shared object with cansuite inside: sends frames over a bus, records and counts them.
#include <cansuite/cansuite.h>

extern "C" int frames_of_bus() try {
  if (can::version() != CANSUITE_VERSION) return -1;
  const auto bus = can::open_bus({.interface = "virtual", .channel = "plugin"});
  const auto peer = can::open_bus({.interface = "virtual", .channel = "plugin"});
  const auto log = can::create_log("plugin.blf");
  peer->send(can::frame(0x123, {1, 2}));
  peer->send(can::extended_frame(0x123, {3}));
  int count = 0;
  for (const can::Message& message : bus->messages(std::chrono::milliseconds(0))) {
    log->write({&message, 1});
    ++count;
  }
  log->close();
  return count;
} catch (const can::Error&) {
  return -2;
}
