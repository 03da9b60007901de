// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <ctime>

/// Adds up the times between start() and stop().
class Stopwatch {
 public:
  void start() {
    wall_ -= now(CLOCK_MONOTONIC);
    cpu_ -= now(CLOCK_PROCESS_CPUTIME_ID);
  }
  void stop() {
    wall_ += now(CLOCK_MONOTONIC);
    cpu_ += now(CLOCK_PROCESS_CPUTIME_ID);
  }
  double wall() const { return wall_; }
  double cpu() const { return cpu_; }
  void print(std::size_t in, std::size_t out) const {
    fmt::print("{:.6f} {:.6f} {} {}\n", wall_, cpu_, in, out);
  }

 private:
  static double now(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }

  double wall_ = 0, cpu_ = 0;
};
