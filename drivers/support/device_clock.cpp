// SPDX-License-Identifier: MIT
#include "drivers/support/device_clock.h"

#include <algorithm>

namespace can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kMaxDelay = 1s;  // later than that the counter was set anew
constexpr int kDrift = 1000;    // the clock is at most 1/1000 fast or slow

/// Rounded down.
std::int64_t periods_in(nanoseconds time, nanoseconds period) {
  return time / period - (time % period < 0ns ? 1 : 0);
}

}  // namespace

nanoseconds DeviceClock::time_of(nanoseconds counter, nanoseconds arrival) {
  if (!last_) {
    last_ = {counter, arrival, arrival - counter, counter};
    return arrival;
  }
  Anchor& last = *last_;
  // Whole periods that passed meanwhile, by this machine's clock.
  const nanoseconds passed = arrival - last.arrival;
  nanoseconds step = counter - last.counter;
  step += periods_in(passed - step + period_ / 2, period_) * period_;
  last.unwrapped += step;
  last.counter = counter;
  last.arrival = arrival;
  const nanoseconds delay = arrival - (last.unwrapped + last.offset);
  if (delay < 0ns || delay > kMaxDelay)
    last.offset += delay;
  else
    last.offset += std::min(delay, std::max(passed, 0ns) / kDrift);
  return last.unwrapped + last.offset;
}

}  // namespace can
