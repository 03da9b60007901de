// SPDX-License-Identifier: MIT
// What tests of buses of vendors' libraries share.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "cansuite/interfaces.h"
#include "libcan/model/fail.h"
#include "tests/support/stand_in.h"

namespace can::vendor_bus {

using namespace std::chrono_literals;

inline Message standard(std::uint32_t id) { return {.id = id, .length = 2, .data = {1, 2}}; }

/// Waits for so many messages, ten seconds at most for each.
inline std::vector<Message> receive(Bus& bus, std::size_t count) {
  std::vector<Message> all;
  for (Message one; all.size() < count && bus.receive({&one, 1}, 10s) == 1;) all.push_back(one);
  return all;
}

inline bool hears_nothing(Bus& bus) {
  Message one;
  return bus.receive({&one, 1}, 100ms) == 0;
}

/// Waits until the bus has told that.
inline void wait_for_notice(Bus& bus, std::string_view text) {
  for (int round = 0; round < 500; ++round) {
    Message ignored[16];
    bus.receive(ignored, 20ms);
    for (const std::string& notice : bus.drain_notices())
      if (notice.find(text) != notice.npos) return;
  }
  FAIL("never said: " << text);
}

/// The error with which the bus ends.
inline std::string wait_for_end(Bus& bus) try {
  Message ignored[16];
  for (int round = 0; round < 100; ++round) bus.receive(ignored, 100ms);
  return "never ended";
} catch (const Error& error) {
  return error.what();
}

/// Waits until it holds.
template <class Condition>
bool soon(Condition condition) {
  for (int round = 0; round < 1000; ++round, std::this_thread::sleep_for(10ms))
    if (condition()) return true;
  return false;
}

}  // namespace can::vendor_bus
