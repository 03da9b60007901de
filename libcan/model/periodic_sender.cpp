// SPDX-License-Identifier: MIT
#include "libcan/model/periodic_sender.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "libcan/model/bus.h"

namespace can {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kRetry = 500us;  // while the bus is full

}  // namespace

/// All members but the constants are guarded by the sender's mutex.
class PeriodicSender::Task final : public PeriodicTask {
 public:
  Task(PeriodicSender& sender, const Message& message, const Cycle& cycle)
      : PeriodicTask(message), sender_(sender), cycle_(cycle) {
    begin(message);
    std::lock_guard lock(sender_.mutex_);
    sender_.tasks_.push_back(this);
    sender_.changed_.notify_all();
  }

  ~Task() override {
    std::unique_lock lock(sender_.mutex_);
    end(lock);
    std::erase(sender_.tasks_, this);
  }

  void stop() override {
    std::unique_lock lock(sender_.mutex_);
    end(lock);
  }

  bool wait(std::chrono::nanoseconds timeout) override {
    const auto now = Clock::now();
    const auto end =
        timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
    std::unique_lock lock(sender_.mutex_);
    const bool ended = sender_.changed_.wait_until(lock, end, [this] { return !running_; });
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return ended;
  }

  std::uint64_t skipped() const override {
    std::lock_guard lock(sender_.mutex_);
    return skipped_;
  }

  bool running() const { return running_; }
  Clock::time_point due() const { return std::max(due_, retry_); }
  const Message& message() const { return message_; }

  /// Records an attempt to send. `sent` is false when the bus was full.
  void record(bool sent) {
    if (!running_) return;
    if (!sent) {
      retry_ = Clock::now() + kRetry;
      return;
    }
    const bool first_phase = ++sent_ < cycle_.count || cycle_.count == 0;
    const auto period = first_phase ? cycle_.period : cycle_.then;
    running_ = period.count() > 0;
    if (running_) delay(period);
  }

  void fail(std::exception_ptr failure) {
    if (!running_) return;
    failure_ = std::move(failure);
    running_ = false;
  }

 protected:
  void begin(const Message& message) override {
    std::unique_lock lock(sender_.mutex_);
    end(lock);
    message_ = message;
    due_ = retry_ = Clock::now();
    sent_ = skipped_ = 0;
    failure_ = nullptr;
    running_ = true;
    sender_.changed_.notify_all();
  }

  void replace(const Message& message) override {
    std::lock_guard lock(sender_.mutex_);
    message_ = message;
  }

 private:
  /// Moves to the next time of the rhythm that has not passed.
  void delay(std::chrono::nanoseconds period) {
    due_ += period;
    const auto late = Clock::now() - due_;
    if (late <= 0ns) return;
    const auto missed = late / period + 1;
    due_ += missed * period;
    skipped_ += static_cast<std::uint64_t>(missed);
  }

  void end(std::unique_lock<std::mutex>& lock) {
    running_ = false;
    sender_.changed_.notify_all();
    sender_.changed_.wait(lock, [this] { return sender_.sending_ != this; });
  }

  PeriodicSender& sender_;
  const Cycle cycle_;
  Message message_;
  Clock::time_point due_, retry_;
  std::uint64_t sent_ = 0, skipped_ = 0;
  std::exception_ptr failure_;
  bool running_ = false;
};

PeriodicSender::PeriodicSender(Bus& bus)
    : bus_(bus), thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::unique_ptr<PeriodicTask> PeriodicSender::add(const Message& message, const Cycle& cycle) {
  return std::make_unique<Task>(*this, message, cycle);
}

PeriodicSender::Task* PeriodicSender::next() const {
  Task* first = nullptr;
  for (Task* task : tasks_)
    if (task->running() && (!first || task->due() < first->due())) first = task;
  return first;
}

/// Sends without the lock, so that starting or stopping a task waits for at most one message.
void PeriodicSender::send(Task& task, std::unique_lock<std::mutex>& lock) {
  const Message message = task.message();
  std::size_t count = 0;
  std::exception_ptr failure;
  sending_ = &task;
  lock.unlock();
  try {
    count = bus_.send_now({&message, 1});
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  sending_ = nullptr;
  if (failure)
    task.fail(failure);
  else
    task.record(count > 0);
  changed_.notify_all();
}

void PeriodicSender::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    Task* task = next();
    if (!task) {
      changed_.wait(lock, stop, [this] { return next() != nullptr; });
    } else if (task->due() > Clock::now()) {
      const auto due = task->due();
      changed_.wait_until(lock, stop, due, [&] { return !next() || next()->due() < due; });
    } else {
      send(*task, lock);
    }
  }
}

}  // namespace can
