// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "libcan/model/log.h"
#include "libcan/model/message.h"

namespace can {

/// Hears the messages of a bus from a Notifier, on the Notifier's thread.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_messages(std::span<const Message> messages) = 0;
  /// Nothing more will come.
  virtual void stop() {}
};

/// Keeps messages until somebody fetches them. Any thread may call get().
/// Holds at most `capacity` messages; when full, the oldest go and dropped() counts them.
class BufferedReader final : public Listener {
 public:
  explicit BufferedReader(std::size_t capacity = 1'000'000) : capacity_(capacity) {}

  /// The oldest message; waits up to `timeout` for one, or until stop(). Empty when none came.
  std::optional<Message> get(std::chrono::nanoseconds timeout = std::chrono::milliseconds(500));
  std::uint64_t dropped() const;

  void on_messages(std::span<const Message> messages) override;
  void stop() override;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Message> messages_;
  std::uint64_t dropped_ = 0;
  bool stopped_ = false;
};

/// Writes what it hears to a log. stop() closes the log.
class Logger final : public Listener {
 public:
  explicit Logger(std::unique_ptr<LogWriter> writer) : writer_(std::move(writer)) {}
  void on_messages(std::span<const Message> messages) override { writer_->write(messages); }
  void stop() override { writer_->close(); }

 private:
  std::unique_ptr<LogWriter> writer_;
};

}  // namespace can
