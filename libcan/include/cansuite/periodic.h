// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

#include "cansuite/message.h"

namespace can {

/// The timing of a periodic message. The first message is sent at the start.
struct Cycle {
  std::chrono::nanoseconds period{};  ///< time between two messages; at least 1 us
  std::uint64_t count = 0;            ///< number of messages; 0: no limit
  std::chrono::nanoseconds then{};    ///< period after `count` messages, at least 1 us; 0: stop
};

/// A message that is sent periodically: see Bus::send_periodic(). A new task is running.
///
/// The destructor stops the task. The end of the bus stops it, too: start() then throws
/// Errc::invalid, all other functions do nothing. For one thread at a time; the bus must not be
/// destroyed meanwhile. Source: python-can's manual, chapter "Broadcast Manager": CyclicSendTask
/// and, with a count and a second period, MultiRateCyclicSendTask.
class PeriodicTask {
 public:
  /// For drivers: Bus::send_periodic() makes tasks.
  explicit PeriodicTask(const Message& message) : message_(message) {}
  virtual ~PeriodicTask() = default;
  PeriodicTask(const PeriodicTask&) = delete;
  PeriodicTask& operator=(const PeriodicTask&) = delete;

  /// Restarts the task: sends at once and counts from 0. Throws Errc::not_found, Errc::io.
  void start() { begin(message_); }

  /// Stops the task. Nothing is sent afterwards. Waits for a message in flight, never for room on
  /// the bus.
  virtual void stop() = 0;

  /// Replaces the data from the next message on; the times stay. On a stopped task it takes effect
  /// at the next start(). Throws Errc::invalid for another id or kind of frame.
  void modify(const Message& message);

  /// Waits until the task ends, at most `timeout`; returns whether it has ended. Throws the error
  /// of sending that ended the task.
  virtual bool wait(std::chrono::nanoseconds timeout) = 0;

  /// Messages skipped since the start because their time had passed: the bus or this machine is too
  /// slow for the period. 0 where the kernel or device sends, which does not count them.
  virtual std::uint64_t skipped() const { return 0; }

 protected:
  virtual void begin(const Message& message) = 0;    ///< as start(), with this message
  virtual void replace(const Message& message) = 0;  ///< of a running or stopped task

 private:
  Message message_;
};

/// Throws Errc::invalid for a period below 1 us.
void check(const Cycle& cycle);

}  // namespace can
