// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <thread>

#include "cansuite/periodic.h"

namespace can {

class Bus;

/// Sends the periodic messages of one bus from one thread, where the device has no timer. Times are
/// absolute, so that errors don't add up. When several messages of a task are late, one is sent and
/// the rhythm goes on: no bursts. Starting or stopping a task waits for at most one message in
/// flight.
class PeriodicSender {
 public:
  explicit PeriodicSender(Bus& bus);
  /// Ends all tasks. A task that lives on does nothing more: start() throws Errc::invalid.
  ~PeriodicSender();
  PeriodicSender(const PeriodicSender&) = delete;
  PeriodicSender& operator=(const PeriodicSender&) = delete;

  std::unique_ptr<PeriodicTask> add(const Message& message, const Cycle& cycle);

 private:
  class Schedule;
  class Task;

  std::shared_ptr<Schedule> schedule_;  // the tasks hold it, too
  std::jthread thread_;                 // last: it uses the schedule
};

}  // namespace can
