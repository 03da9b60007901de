// SPDX-License-Identifier: MIT
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "cansuite/bus.h"
#include "libcan/model/fail.h"

/// A bus that does what a test tells it to: gives messages, loses some, has something to say, talks
/// without end, fails. Any thread may tell it.
class ScriptedBus : public can::Bus {
 public:
  explicit ScriptedBus(std::string name = "scripted") : name_(std::move(name)) {}
  ~ScriptedBus() override { ::close(event_); }

  void give(std::vector<can::Message> messages) {
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.end(), messages.begin(), messages.end());
    wake();
  }
  /// What receive() throws once all that was given is taken.
  void fail_with(std::string text) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(text);
    wake();
  }
  void lose(std::uint64_t count) { dropped_ += count; }
  /// Packets that were no frames.
  void lose_frameless(std::uint64_t count) { malformed_ += count; }
  void say(std::string text) { add_notice(std::move(text)); }
  /// So many more messages find room; without a call any number does.
  void read_only(std::size_t count) { room_ = count; }
  /// What sending throws from now on; "": nothing.
  void refuse_with(std::string text, can::Errc code = can::Errc::io) {
    const std::lock_guard lock(mutex_);
    refusal_ = std::move(text);
    refusal_code_ = code;
  }
  /// Each receive() fills all there is room for, with ids that count up.
  void talk_without_end() {
    const std::lock_guard lock(mutex_);
    endless_ = true;
    wake();
  }
  /// receive() answers nothing, not even when its time has passed, until go_on().
  void hang() {
    const std::lock_guard lock(mutex_);
    hangs_ = true;
  }
  void go_on() {
    const std::lock_guard lock(mutex_);
    hangs_ = false;
    wake();
  }
  /// Is called for each batch sent, by the thread that sends.
  void on_send(std::function<void()> call) { on_send_ = std::move(call); }
  /// How many messages each batch had that was sent.
  std::vector<std::size_t> batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }
  int flushes() const { return flushes_; }
  /// What was sent on it.
  std::vector<can::Message> sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

  void flush() override { ++flushes_; }
  int descriptor() const override { return event_; }
  std::string name() const override { return name_; }
  can::BusCounters counters() const override {
    return {.dropped = dropped_, .malformed = malformed_};
  }

 private:
  void wake() {
    ::eventfd_write(event_, 1);
    told_.notify_all();
  }

  std::size_t send_some(std::span<const can::Message> messages) override {
    if (on_send_) on_send_();
    const std::lock_guard lock(mutex_);
    if (!refusal_.empty()) can::fail(refusal_code_, "{}", refusal_);
    const auto taken = messages.first(std::min<std::size_t>(messages.size(), room_));
    if (!taken.empty()) batches_.push_back(taken.size());
    sent_.insert(sent_.end(), taken.begin(), taken.end());
    room_ -= taken.size();
    return taken.size();
  }

  std::size_t receive_any(std::span<can::Message> out, std::chrono::nanoseconds timeout) override {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [this] { return !hangs_; });
    const auto ready = [this] { return endless_ || !waiting_.empty() || !failure_.empty(); };
    if (!told_.wait_for(lock, std::min<std::chrono::nanoseconds>(timeout, std::chrono::hours(1)),
                        ready))
      return 0;
    if (endless_) {
      for (can::Message& message : out) message = {.id = next_id_++ % 2048};
      return out.size();
    }
    if (waiting_.empty()) can::fail(can::Errc::io, "{}", failure_);
    const std::size_t count = std::min(out.size(), waiting_.size());
    std::copy_n(waiting_.begin(), count, out.begin());
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    eventfd_t ignored;
    if (waiting_.empty() && failure_.empty()) ::eventfd_read(event_, &ignored);
    return count;
  }

  const std::string name_;
  const int event_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  mutable std::mutex mutex_;
  std::condition_variable told_;
  std::deque<can::Message> waiting_;
  std::vector<can::Message> sent_;
  std::vector<std::size_t> batches_;
  std::function<void()> on_send_;
  std::string failure_, refusal_;
  can::Errc refusal_code_ = can::Errc::io;
  bool endless_ = false, hangs_ = false;
  std::atomic<int> flushes_ = 0;
  std::uint32_t next_id_ = 0;
  std::atomic<std::uint64_t> dropped_ = 0, malformed_ = 0;
  std::atomic<std::size_t> room_ = SIZE_MAX;
};
