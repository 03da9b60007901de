// SPDX-License-Identifier: MIT
// The least that a replay can do: sleeps to absolute times with clock_nanosleep, spins for the last
// 80 us, and sends one message.
//
//   bench_pace INTERFACE CHANNEL COUNT PERIOD_US

#include <fmt/core.h>
#include <sys/prctl.h>

#include <cstdlib>
#include <ctime>

#include "cansuite/bus.h"
#include "cansuite/frame.h"
#include "libcan/model/fail.h"

namespace {

constexpr std::int64_t kSpin = 80'000, kSecond = 1'000'000'000;

std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

void wait_until(std::int64_t due) {
  const std::int64_t wake = due - kSpin;
  const timespec time{.tv_sec = wake / kSecond, .tv_nsec = wake % kSecond};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
  while (now() < due) continue;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5) return 2;
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  const auto bus = can::open_bus({.interface = argv[1], .channel = argv[2]});
  const std::int64_t count = std::atoll(argv[3]), period = std::atoll(argv[4]) * 1000;
  const can::Message message = can::frame(0x123, {1, 2, 3, 4});
  const std::int64_t start = now() + 1'000'000;
  for (std::int64_t i = 0; i < count; ++i) {
    wait_until(start + i * period);
    bus->send(message);
  }
} catch (const can::Error& error) {
  fmt::print(stderr, "bench_pace: {}\n", error.what());
  return 1;
}
