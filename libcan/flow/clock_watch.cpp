// SPDX-License-Identifier: MIT
#include "libcan/flow/clock_watch.h"

#include <ctime>
#include <utility>

namespace can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kSmallestStep = 10ms;  // more than a busy machine puts between two clocks' readings
constexpr auto kClose = 1ms;          // between the two readings of one clock
constexpr int kAttempts = 100;        // without any success, a step may be shown that is none
constexpr auto kOnTheirWay = 10s;     // after a step, messages from before it may still arrive

nanoseconds time_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

}  // namespace

ClockWatch::ClockWatch(Clocks clocks) : clocks_(std::move(clocks)), last_(clocks_()) {}

/// Where another program runs between the readings, they are repeated.
ClockWatch::Reading ClockWatch::system_clocks() {
  for (int attempt = 1;; ++attempt) {
    const nanoseconds before = time_of(CLOCK_BOOTTIME), wall = time_of(CLOCK_REALTIME),
                      after = time_of(CLOCK_BOOTTIME);
    if (after - before < kClose || attempt == kAttempts) return {wall, (before + after) / 2};
  }
}

nanoseconds ClockWatch::check() {
  const Reading before = std::exchange(last_, clocks_());
  const nanoseconds step = last_.wall - before.wall - (last_.even - before.even);
  if (std::chrono::abs(step) < kSmallestStep) return 0ns;
  stepped_ = last_;
  step_ = step;
  stepped_by_ += step;
  return step;
}

void ClockWatch::make_even(std::span<Message> messages) const {
  if (stepped_by_ == 0ns && step_ == 0ns) return;
  for (Message& message : messages)
    message.timestamp -= is_older(message.timestamp) ? stepped_by_ - step_ : stepped_by_;
}

/// Whether that is a time from before the last step: no later one is as early after a step forward,
/// none is in the future after a step back.
bool ClockWatch::is_older(nanoseconds wall) const {
  if (last_.even - stepped_.even > kOnTheirWay) return false;
  return step_ > 0ns ? wall <= stepped_.wall - step_ : wall > last_.wall;
}

}  // namespace can
