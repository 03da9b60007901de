// SPDX-License-Identifier: MIT
#include "libcan/model/precise_sleep.h"

#include <sys/prctl.h>

#include <catch2/catch.hpp>

using namespace can;
using namespace std::chrono_literals;

TEST_CASE("a thread is woken as early as this machine needs", "[precise_sleep]") {
  PreciseSleep sleep;
  CHECK(::prctl(PR_GET_TIMERSLACK) == 1);
  const auto first = sleep.lead();
  for (int i = 0; i < 5000; ++i) sleep.woke(8us);
  CHECK(sleep.lead() < first);
  CHECK(sleep.lead() == 15us);
  sleep.woke(60us);
  CHECK(sleep.lead() == 80us);
  sleep.woke(8us);
  CHECK(sleep.lead() > 79us);
  sleep.woke(10ms);  // another program had the core: no reason to spin for so long
  CHECK(sleep.lead() == 120us);
}

TEST_CASE("a thread spins as long as it is told", "[precise_sleep]") {
  PreciseSleep sleep(7us);
  sleep.woke(60us);
  CHECK(sleep.lead() == 7us);
  CHECK(PreciseSleep(0us).lead() == 0us);
}
