// SPDX-License-Identifier: MIT
#include "formats/support/ordered_pool.h"

#include <atomic>
#include <catch2/catch.hpp>

using namespace can;

TEST_CASE("jobs come back in the order they were started, each done once") {
  for (unsigned threads : {1u, 2u, 4u}) {
    CAPTURE(threads);
    std::vector<int> jobs(5), results;
    std::atomic<int> runs = 0;
    OrderedPool pool(threads, jobs.size(), [&](std::size_t at) {
      ++runs;
      jobs[at] *= 2;
    });
    for (int i = 0; i < 200; ++i) {
      if (pool.full()) {
        results.push_back(jobs[pool.oldest()]);
        pool.release();
      }
      jobs[pool.next()] = i;
      pool.start();
    }
    for (; !pool.empty(); pool.release()) results.push_back(jobs[pool.oldest()]);
    REQUIRE(results.size() == 200);
    for (int i = 0; i < 200; ++i) CHECK(results[static_cast<std::size_t>(i)] == 2 * i);
    CHECK(runs == 200);
  }
}

TEST_CASE("what a job throws comes out where it is asked for") {
  for (unsigned threads : {1u, 3u}) {
    OrderedPool pool(threads, 4, [](std::size_t at) {
      if (at == 1) throw std::runtime_error("job 1");
    });
    for (int i = 0; i < 3; ++i) pool.start();
    CHECK(pool.oldest() == 0);
    pool.release();
    CHECK_THROWS_WITH(pool.oldest(), "job 1");
    pool.release();
    CHECK(pool.oldest() == 2);
  }
}

TEST_CASE("a pool with jobs nobody asked for ends") {
  OrderedPool pool(3, 8, [](std::size_t) {});
  for (int i = 0; i < 8; ++i) pool.start();
}
