// SPDX-License-Identifier: MIT
#include "libcan/model/precise_sleep.h"

#include <sys/prctl.h>

#include <algorithm>

namespace can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// At 1 kHz, spinning for 120 us takes 12 % of a core.
constexpr nanoseconds kLeast = 15us, kFirst = 80us, kMost = 120us;
constexpr int kForget = 256;  // wake-ups until a late one counts for little

}  // namespace

PreciseSleep::PreciseSleep(std::optional<nanoseconds> spin)
    : fixed_(spin.has_value()), lead_(spin.value_or(kFirst)) {
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

/// Follows the late wake-ups at once, and forgets them slowly.
void PreciseSleep::woke(nanoseconds late) {
  if (fixed_) return;
  const nanoseconds needed = late + late / 4 + 5us;
  lead_ = std::clamp(std::max(needed, lead_ - lead_ / kForget), kLeast, kMost);
}

}  // namespace can
