// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

#include "cansuite/bus.h"
#include "cansuite/log.h"
#include "cansuite/message.h"

namespace can {

/// Gets the messages of a bus from a Notifier, on the Notifier's thread.
class Listener {
 public:
  virtual ~Listener() = default;
  /// Called with the received messages, in order. An exception ends the Notifier.
  virtual void on_messages(std::span<const Message> messages) = 0;
  /// Called once, after the last messages.
  virtual void stop() {}
};

/// Keeps the latest messages, at most `capacity`, until get() takes them; a full reader drops and
/// counts the oldest. Any thread may call get() and dropped().
class BufferedReader final : public Listener {
 public:
  /// `capacity`: messages.
  explicit BufferedReader(std::size_t capacity = 1'000'000) : capacity_(capacity) {}

  /// Takes the oldest message, waiting up to `timeout` for one; empty when none came, or after the
  /// last one once stopped. A timeout of 0 or less doesn't wait, nanoseconds::max() waits until
  /// stop().
  std::optional<Message> get(std::chrono::nanoseconds timeout = std::chrono::milliseconds(500));
  std::uint64_t dropped() const;  ///< messages so far

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

/// Writes messages to a log and hands them to the operating system in time, so that a killed
/// program loses no more than `flush_every` of them. Any thread may call any function. The
/// call that writes throws an error of the log; the next call throws an error of the timer.
class Logger final : public Listener {
 public:
  /// `flush_every`: the longest time that a message is buffered; 0: not at all, for a console.
  explicit Logger(std::unique_ptr<LogWriter> log,
                  std::chrono::nanoseconds flush_every = std::chrono::seconds(1));
  ~Logger() override;  ///< as stop(), but an error is lost

  void on_messages(std::span<const Message> messages) override;
  /// Writes an event, such as "overtaking", now or `at` its time: LogWriter::event().
  bool event(std::string_view text, std::optional<std::chrono::nanoseconds> at = {});
  /// Closes the log; the second call does nothing. Messages that come later are refused:
  /// Errc::invalid.
  void stop() override;

 private:
  void flush_in_time(const std::stop_token& stop);
  void written();
  void refuse_after_failure();

  const std::chrono::nanoseconds flush_every_;
  std::mutex mutex_;  // of everything below but the thread
  std::condition_variable_any changed_;
  std::unique_ptr<LogWriter> log_;
  bool dirty_ = false, stopped_ = false;
  std::exception_ptr failure_;  // of the timer
  std::jthread timer_;          // last: it uses the rest
};

/// Prints each message as a line, in the layout of python-can's Printer, and flushes behind each
/// batch. Throws Errc::io where the stream fails.
class Printer final : public Listener {
 public:
  Printer();  ///< to standard output
  /// `out` must outlive the printer; no other thread uses it meanwhile.
  explicit Printer(std::ostream& out) : out_(out) {}

  void on_messages(std::span<const Message> messages) override;

 private:
  std::ostream& out_;
};

/// Calls a function for each message.
class CallbackListener final : public Listener {
 public:
  /// `call`: called on the Notifier's thread.
  explicit CallbackListener(std::function<void(const Message&)> call) : call_(std::move(call)) {}

  void on_messages(std::span<const Message> messages) override {
    for (const Message& message : messages) call_(message);
  }

 private:
  std::function<void(const Message&)> call_;
};

/// Sends all messages but error frames on another bus. Throws as Bus::send().
class Redirect final : public Listener {
 public:
  explicit Redirect(Bus& to) : to_(to) {}  ///< `to` must outlive the listener

  void on_messages(std::span<const Message> messages) override;

 private:
  Bus& to_;
};

}  // namespace can
