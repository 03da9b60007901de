// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

#include "cansuite/channel.h"
#include "formats/pcapng/can_packet.h"

namespace can::pcapng {

constexpr std::uint64_t kNanos = 1'000'000'000;  // nanoseconds a second

/// An interface of a capture.
struct Interface {
  Link link = Link::other;
  Channel channel;  ///< named after the interface; none where that has no name
  std::uint64_t ticks_per_second = 1'000'000;  ///< of the packets' times
  std::int64_t offset_seconds = 0;             ///< s, added to the packets' times
};

/// The ticks a second of the option if_tsresol: a power of ten or, with its high bit, of two. 0 for
/// an overflow.
std::uint64_t ticks_per_second(std::uint8_t resolution);

/// As to_time(), for any resolution and offset.
bool scale_time(std::uint64_t ticks, const Interface& interface, std::chrono::nanoseconds& out);

/// The time of a packet. False for a time outside 1678 to 2261.
inline bool to_time(std::uint64_t ticks, const Interface& interface,
                    std::chrono::nanoseconds& out) {
  if (interface.ticks_per_second != kNanos || interface.offset_seconds != 0)
    return scale_time(ticks, interface, out);
  out = std::chrono::nanoseconds(
      static_cast<std::int64_t>(ticks));  // as written by cansuite, also before 1970
  return true;
}

}  // namespace can::pcapng
