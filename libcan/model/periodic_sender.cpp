// SPDX-License-Identifier: MIT
#include "libcan/model/periodic_sender.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "cansuite/bus.h"
#include "libcan/model/fail.h"
#include "libcan/model/precise_sleep.h"

namespace can {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kRetry = 500us;  // where the bus is full
constexpr int kSpinShare = 8;   // spins for an eighth of the time at most

}  // namespace

/// The tasks of one bus and the thread's part in them. Outlives the sender as long as a task does.
class PeriodicSender::Schedule {
 public:
  explicit Schedule(Bus& bus) : bus_(&bus) {}

  void run(const std::stop_token& stop);
  /// The bus goes: ends all tasks. Call it when run() has returned.
  void end();

  std::mutex mutex_;                     // of everything below, and of what the tasks hold
  std::condition_variable_any changed_;  // a task was started or stopped, or has sent
  Bus* bus_;                             // null: it has gone
  std::vector<Task*> tasks_;
  Task* sending_ = nullptr;  // its message is in flight, without the lock

 private:
  void send(Task& task, std::unique_lock<std::mutex>& lock);
  void wait_until(Clock::time_point due, std::unique_lock<std::mutex>& lock,
                  const std::stop_token& stop, PreciseSleep& sleep);
  Task* next() const;
};

/// All but the constants is guarded by the schedule's mutex.
class PeriodicSender::Task final : public PeriodicTask {
 public:
  Task(std::shared_ptr<Schedule> schedule, const Message& message, const Cycle& cycle)
      : PeriodicTask(message), schedule_(std::move(schedule)), cycle_(cycle) {
    begin(message);
    std::lock_guard lock(schedule_->mutex_);
    schedule_->tasks_.push_back(this);
    schedule_->changed_.notify_all();
  }

  ~Task() override {
    std::unique_lock lock(schedule_->mutex_);
    end(lock);
    std::erase(schedule_->tasks_, this);
  }

  void stop() override {
    std::unique_lock lock(schedule_->mutex_);
    end(lock);
  }

  bool wait(std::chrono::nanoseconds timeout) override {
    const auto now = Clock::now();
    const auto end =
        timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
    std::unique_lock lock(schedule_->mutex_);
    const bool ended = schedule_->changed_.wait_until(lock, end, [this] { return !running_; });
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return ended;
  }

  std::uint64_t skipped() const override {
    std::lock_guard lock(schedule_->mutex_);
    return skipped_;
  }

  bool running() const { return running_; }
  Clock::time_point due() const { return std::max(due_, retry_); }
  const Message& message() const { return message_; }

  /// `sent`: false where the bus was full.
  void tried(bool sent) {
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

  void cancel() { running_ = false; }

  void failed(std::exception_ptr failure) {
    if (!running_) return;
    failure_ = std::move(failure);
    running_ = false;
  }

 protected:
  void begin(const Message& message) override {
    std::unique_lock lock(schedule_->mutex_);
    if (!schedule_->bus_) fail(Errc::invalid, "the bus of the periodic message is closed");
    end(lock);
    message_ = message;
    due_ = retry_ = Clock::now();
    sent_ = skipped_ = 0;
    failure_ = nullptr;
    running_ = true;
    schedule_->changed_.notify_all();
  }

  void replace(const Message& message) override {
    std::lock_guard lock(schedule_->mutex_);
    message_ = message;
  }

 private:
  /// To the next time of the rhythm that has not passed.
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
    schedule_->changed_.notify_all();
    schedule_->changed_.wait(lock, [this] { return schedule_->sending_ != this; });
  }

  const std::shared_ptr<Schedule> schedule_;
  const Cycle cycle_;
  Message message_;
  Clock::time_point due_, retry_;
  std::uint64_t sent_ = 0, skipped_ = 0;
  std::exception_ptr failure_;
  bool running_ = false;
};

PeriodicSender::PeriodicSender(Bus& bus)
    : schedule_(std::make_shared<Schedule>(bus)),
      thread_([schedule = schedule_.get()](const std::stop_token& stop) { schedule->run(stop); }) {}

PeriodicSender::~PeriodicSender() {
  thread_.request_stop();
  thread_.join();
  schedule_->end();
}

std::unique_ptr<PeriodicTask> PeriodicSender::add(const Message& message, const Cycle& cycle) {
  return std::make_unique<Task>(schedule_, message, cycle);
}

void PeriodicSender::Schedule::end() {
  std::lock_guard lock(mutex_);
  bus_ = nullptr;
  for (Task* task : tasks_) task->cancel();
  changed_.notify_all();
}

PeriodicSender::Task* PeriodicSender::Schedule::next() const {
  Task* first = nullptr;
  for (Task* task : tasks_)
    if (task->running() && (!first || task->due() < first->due())) first = task;
  return first;
}

/// Sends without the lock: whoever stops a task, or starts one, waits for one message at most.
void PeriodicSender::Schedule::send(Task& task, std::unique_lock<std::mutex>& lock) {
  const Message message = task.message();
  std::size_t count = 0;
  std::exception_ptr failure;
  sending_ = &task;
  lock.unlock();
  try {
    count = bus_->send_now({&message, 1});
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  sending_ = nullptr;
  if (failure)
    task.failed(failure);
  else
    task.tried(count > 0);
  changed_.notify_all();
}

/// Until `due` or until another task is to be sent earlier. Spins at the end, without the lock.
void PeriodicSender::Schedule::wait_until(Clock::time_point due, std::unique_lock<std::mutex>& lock,
                                          const std::stop_token& stop, PreciseSleep& sleep) {
  const bool spins = due - Clock::now() > kSpinShare * sleep.lead();
  const auto wake = spins ? due - sleep.lead() : due;
  if (changed_.wait_until(lock, stop, wake, [&] { return !next() || next()->due() < due; })) return;
  if (!spins || stop.stop_requested()) return;
  sleep.woke(Clock::now() - wake);
  lock.unlock();
  while (Clock::now() < due) continue;
  lock.lock();
}

void PeriodicSender::Schedule::run(const std::stop_token& stop) {
  PreciseSleep sleep;
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    Task* task = next();
    if (!task)
      changed_.wait(lock, stop, [this] { return next() != nullptr; });
    else if (task->due() > Clock::now())
      wait_until(task->due(), lock, stop, sleep);
    else
      send(*task, lock);
  }
}

}  // namespace can
