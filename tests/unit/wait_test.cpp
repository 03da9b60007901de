// SPDX-License-Identifier: MIT
// Deadlines: near, passed, without end.

#include "cansuite/wait.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "libcan/model/fail.h"

using namespace can;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST_CASE("a deadline is near, passed, or never comes", "[wait]") {
  const Deadline passed(0ns), near(50ms), far(1h), never(nanoseconds::max());
  CHECK(passed.passed());
  CHECK(passed.left() == 0ns);
  CHECK(Deadline(-1s).left() == 0ns);
  CHECK_FALSE(near.passed());
  CHECK((near.left() > 0ns && near.left() <= 50ms));
  std::this_thread::sleep_for(60ms);
  CHECK(near.passed());
  CHECK(near.left() == 0ns);
  CHECK_FALSE(far.passed());
  CHECK((far.left() > 59min && far.left() < 1h));
  CHECK_FALSE(never.passed());
  CHECK(never.left() == nanoseconds::max());
}

TEST_CASE("what is waited for comes, or the time is over, not earlier", "[wait]") {
  using Clock = std::chrono::steady_clock;
  const int event = ::eventfd(0, EFD_CLOEXEC);
  CHECK_FALSE(wait_for(event, POLLIN, 0ns));
  for (const nanoseconds timeout : {nanoseconds(1ms), nanoseconds(1'100ms)}) {
    const auto started = Clock::now();
    CHECK_FALSE(wait_for(event, POLLIN, timeout));
    CHECK(Clock::now() - started >= timeout);
  }
  std::thread waker([&] {
    std::this_thread::sleep_for(20ms);
    ::eventfd_write(event, 1);
  });
  CHECK(wait_for(event, POLLIN, nanoseconds::max()));
  waker.join();
  CHECK(wait_for(event, POLLIN, 0ns));
  ::close(event);
}
