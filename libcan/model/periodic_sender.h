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

/// Sends the periodic messages of one bus from one thread, for drivers that can't leave that to the
/// device. Works on absolute times, so that nothing adds up. Where it comes too late for several
/// messages of a task, it sends one and goes on in the old rhythm: no bursts. Starting or stopping
/// a task waits for one message in flight at most.
class PeriodicSender {
 public:
  explicit PeriodicSender(Bus& bus);

  /// It must not outlive this.
  std::unique_ptr<PeriodicTask> add(const Message& message, const Cycle& cycle);

 private:
  class Task;
  void run(const std::stop_token& stop);
  void send(Task& task, std::unique_lock<std::mutex>& lock);
  Task* next() const;

  Bus& bus_;
  std::mutex mutex_;                     // of everything below, and of what the tasks hold
  std::condition_variable_any changed_;  // a task was started or stopped, or has sent
  std::vector<Task*> tasks_;
  Task* sending_ = nullptr;  // its message is in flight, without the lock
  std::jthread thread_;      // last: it uses the rest
};

}  // namespace can
