// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "apps/cli.h"
#include "libcan/flow/pacer.h"

namespace can::cli {

/// When the messages of a replay are due, and how well it keeps to that. Says on stderr what the
/// user should know.
class Schedule {
 public:
  using Clock = Pacer::Clock;

  Schedule(const Program& program, Pacer::Pace pace) : program_(program), pacer_(pace) {}

  /// The turn of the next message; it may have to be left out.
  Pacer::Turn next(std::chrono::nanoseconds timestamp);

  /// A message that was due then has just been sent.
  void sent(Clock::time_point due) { latest_ = std::max(latest_, Clock::now() - due); }

  /// The longest that a message was late when the bus had taken it.
  std::chrono::nanoseconds latest() const { return latest_; }

  /// What there is to say at the end.
  void report() const;

 private:
  void tell(const Pacer::Turn& turn);

  const Program& program_;
  Pacer pacer_;
  Clock::duration latest_{};
  std::chrono::nanoseconds shifted_{};
  std::uint64_t shifts_ = 0, dropped_ = 0, steps_back_ = 0;
};

}  // namespace can::cli
