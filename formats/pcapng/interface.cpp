// SPDX-License-Identifier: MIT
#include "formats/pcapng/interface.h"

namespace can::pcapng {

std::uint64_t ticks_per_second(std::uint8_t resolution) {
  const unsigned power = resolution & 0x7F;
  if (resolution & 0x80) return power < 60 ? std::uint64_t{1} << power : 0;
  std::uint64_t ticks = 1;
  for (unsigned i = 0; i < power; ++i) ticks = ticks > UINT64_MAX / 10 ? 0 : ticks * 10;
  return ticks;
}

bool scale_time(std::uint64_t ticks, const Interface& interface, std::chrono::nanoseconds& out) {
  const std::uint64_t per_second = interface.ticks_per_second;
  __extension__ using Wide = unsigned __int128;
  const auto seconds = static_cast<std::int64_t>(ticks / per_second);
  const auto rest = static_cast<std::int64_t>(Wide{ticks % per_second} * kNanos / per_second);
  std::int64_t time;
  if (__builtin_add_overflow(seconds, interface.offset_seconds, &time) ||
      __builtin_mul_overflow(time, std::int64_t{kNanos}, &time) ||
      __builtin_add_overflow(time, rest, &time))
    return false;
  out = std::chrono::nanoseconds(time);
  return true;
}

}  // namespace can::pcapng
