// SPDX-License-Identifier: MIT
#include "cansuite/wait.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "libcan/model/fail.h"

namespace can {

using std::chrono::nanoseconds;

Deadline::Deadline(nanoseconds timeout) {
  const auto now = Clock::now();
  end_ = timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
}

nanoseconds Deadline::left() const {
  if (end_ == Clock::time_point::max()) return nanoseconds::max();
  return std::max<nanoseconds>(end_ - Clock::now(), nanoseconds{0});
}

bool wait_readable(int descriptor, nanoseconds timeout) {
  return wait_for(descriptor, POLLIN, timeout);
}

bool wait_for(int descriptor, short events, nanoseconds timeout) {
  timeout = std::max(timeout, nanoseconds(0));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
  const timespec limit = {.tv_sec = seconds.count(), .tv_nsec = (timeout - seconds).count()};
  pollfd waiting = {.fd = descriptor, .events = events, .revents = 0};
  const int ready = ::ppoll(&waiting, 1, timeout == timeout.max() ? nullptr : &limit, nullptr);
  if (ready < 0 && errno != EINTR) fail_errno("poll", errno);
  return ready > 0;
}

}  // namespace can
