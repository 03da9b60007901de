// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

#include "libcan/model/message.h"

namespace can {

/// When a message is sent again. The first time is at the start.
struct Cycle {
  std::chrono::nanoseconds period{};  ///< between two messages; at least 1 us
  std::uint64_t count = 0;            ///< so many messages in all; 0: without end
  std::chrono::nanoseconds then{};  ///< after `count` go on with this period, without end; 0: don't
};

/// A message that is sent again and again: see Bus::send_periodic(). Running when it is made.
///
/// Ends with its destructor; must not outlive its bus. One thread may use it at a time.
/// Source: python-can's manual, chapter "Broadcast Manager": CyclicSendTask and, with a count and a
/// second period, MultiRateCyclicSendTask.
class PeriodicTask {
 public:
  explicit PeriodicTask(const Message& message) : message_(message) {}
  virtual ~PeriodicTask() = default;
  PeriodicTask(const PeriodicTask&) = delete;
  PeriodicTask& operator=(const PeriodicTask&) = delete;

  /// Begins anew: sends at once, counts from 0. Throws Errc::not_found, Errc::io.
  void start() { begin(message_); }

  /// Nothing is sent after it returns. Waits for a message in flight, never for room on the bus.
  virtual void stop() = 0;

  /// Sends these data from the next time on, at the times as before; from the next start() on when
  /// it is stopped. Throws Errc::invalid when the id or the kind of frame isn't the same.
  void modify(const Message& message);

  /// Waits until there is nothing more to be sent, or for `timeout`; says whether the task has
  /// ended. Throws what sending threw, which ends the task.
  virtual bool wait(std::chrono::nanoseconds timeout) = 0;

  /// Messages left out since the start because their time had passed: the bus or this machine is
  /// too slow for the period. 0 where the kernel or the device sends, which doesn't tell.
  virtual std::uint64_t skipped() const { return 0; }

 protected:
  virtual void begin(const Message& message) = 0;
  virtual void replace(const Message& message) = 0;  ///< while it runs, or is stopped

 private:
  Message message_;
};

/// Throws Errc::invalid for a period below 1 us.
void check(const Cycle& cycle);

}  // namespace can
