// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "libcan/model/periodic.h"

namespace can {

class Bus;

/// Sends the periodic messages of one bus from one thread, where the device has no timer. Times are
/// absolute, so that errors don't add up. When several messages of a task are late, one is sent and
/// the rhythm goes on: no bursts. Starting or stopping a task waits for at most one message in
/// flight.
class PeriodicSender {
 public:
  explicit PeriodicSender(Bus& bus);

  /// Starts a task, which must not outlive this object.
  std::unique_ptr<PeriodicTask> add(const Message& message, const Cycle& cycle);

 private:
  class Task;
  void run(const std::stop_token& stop);
  void send(Task& task, std::unique_lock<std::mutex>& lock);
  Task* next() const;

  Bus& bus_;
  std::mutex mutex_;                     // guards all below, and the tasks
  std::condition_variable_any changed_;  // a task was started, stopped or has sent
  std::vector<Task*> tasks_;
  Task* sending_ = nullptr;  // its message is in flight; the mutex is free
  std::jthread thread_;      // last, as it uses all others
};

}  // namespace can
