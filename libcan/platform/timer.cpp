// SPDX-License-Identifier: MIT
#include "libcan/platform/timer.h"

#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>

#include "libcan/model/fail.h"

namespace can {

Timer::Timer() : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (!timer_) fail_errno("timerfd", errno);
}

void Timer::set(std::chrono::nanoseconds from_now) {
  const auto ns = std::max<std::chrono::nanoseconds::rep>(from_now.count(), 1);  // 0 stops it
  itimerspec when{};
  when.it_value = {.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
  ::timerfd_settime(timer_.get(), 0, &when, nullptr);
}

void Timer::stop() {
  const itimerspec never{};
  ::timerfd_settime(timer_.get(), 0, &never, nullptr);
}

}  // namespace can
