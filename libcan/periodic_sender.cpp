// SPDX-License-Identifier: MIT
#include "libcan/periodic_sender.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "libcan/bus.h"

namespace can {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

/// All but the constants is guarded by the sender's mutex.
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
    std::lock_guard lock(sender_.mutex_);
    std::erase(sender_.tasks_, this);
  }

  void stop() override {
    std::lock_guard lock(sender_.mutex_);
    running_ = false;
    sender_.changed_.notify_all();
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

  bool running() const { return running_; }
  Clock::time_point due() const { return due_; }

  void send(Bus& bus) try {
    bus.send({&message_, 1});
    const bool first_phase = ++sent_ < cycle_.count || cycle_.count == 0;
    const auto period = first_phase ? cycle_.period : cycle_.then;
    running_ = period.count() > 0;
    if (running_) delay(period);
  } catch (...) {
    failure_ = std::current_exception();
    running_ = false;
  }

 protected:
  void begin(const Message& message) override {
    std::lock_guard lock(sender_.mutex_);
    message_ = message;
    due_ = Clock::now();
    sent_ = 0;
    failure_ = nullptr;
    running_ = true;
    sender_.changed_.notify_all();
  }

  void replace(const Message& message) override {
    std::lock_guard lock(sender_.mutex_);
    message_ = message;
  }

 private:
  void delay(std::chrono::nanoseconds period) {
    due_ += period;
    if (const auto late = Clock::now() - due_; late > period) due_ += late / period * period;
  }

  PeriodicSender& sender_;
  const Cycle cycle_;
  Message message_;
  Clock::time_point due_;
  std::uint64_t sent_ = 0;
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
      task->send(bus_);
      if (!task->running()) changed_.notify_all();
    }
  }
}

}  // namespace can
