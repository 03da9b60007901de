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

/// Gets the messages of a bus from a Notifier, on the Notifier's thread.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_messages(std::span<const Message> messages) = 0;
  /// Called once, after the last messages.
  virtual void stop() {}
};

/// Keeps the latest messages, at most `capacity`, until get() takes them; a full reader drops and
/// counts the oldest. Any thread may call get() and dropped().
class BufferedReader final : public Listener {
 public:
  explicit BufferedReader(std::size_t capacity = 1'000'000) : capacity_(capacity) {}

  /// Takes the oldest message, waiting up to `timeout` for one; empty when none came, or after the
  /// last one once stopped.
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

/// Writes the messages to a log, which stop() closes.
class Logger final : public Listener {
 public:
  explicit Logger(std::unique_ptr<LogWriter> writer) : writer_(std::move(writer)) {}
  void on_messages(std::span<const Message> messages) override { writer_->write(messages); }
  void stop() override { writer_->close(); }

 private:
  std::unique_ptr<LogWriter> writer_;
};

}  // namespace can
