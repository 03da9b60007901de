// SPDX-License-Identifier: MIT
#include "cansuite/listener.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "cansuite/message_text.h"
#include "cansuite/wait.h"
#include "libcan/model/fail.h"

namespace can {

std::optional<Message> BufferedReader::get(std::chrono::nanoseconds timeout) {
  const auto deadline = Deadline(timeout).time_point();
  std::unique_lock lock(mutex_);
  arrived_.wait_until(lock, deadline, [this] { return stopped_ || !messages_.empty(); });
  if (messages_.empty()) return std::nullopt;
  const Message oldest = messages_.front();
  messages_.pop_front();
  return oldest;
}

std::uint64_t BufferedReader::dropped() const {
  std::lock_guard lock(mutex_);
  return dropped_;
}

void BufferedReader::on_messages(std::span<const Message> messages) {
  std::lock_guard lock(mutex_);
  for (const Message& message : messages) {
    if (messages_.size() == capacity_) {
      messages_.pop_front();
      ++dropped_;
    }
    messages_.push_back(message);
  }
  arrived_.notify_all();
}

void BufferedReader::stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  arrived_.notify_all();
}

Logger::Logger(std::unique_ptr<LogWriter> log, std::chrono::nanoseconds flush_every)
    : flush_every_(flush_every), log_(std::move(log)) {
  if (flush_every_.count() > 0)
    timer_ = std::jthread([this](const std::stop_token& stop) { flush_in_time(stop); });
}

Logger::~Logger() {
  try {
    stop();
  } catch (...) {  // a destructor can't throw; stop() does
  }
}

void Logger::on_messages(std::span<const Message> messages) {
  std::lock_guard lock(mutex_);
  refuse_after_failure();
  log_->write(messages);
  written();
}

bool Logger::event(std::string_view text, std::optional<std::chrono::nanoseconds> at) {
  std::lock_guard lock(mutex_);
  refuse_after_failure();
  const bool kept = log_->event(text, at);
  written();
  return kept;
}

void Logger::written() {
  if (flush_every_.count() <= 0) return log_->flush();
  if (std::exchange(dirty_, true)) return;
  changed_.notify_all();
}

void Logger::refuse_after_failure() {
  if (failure_) std::rethrow_exception(failure_);
  if (stopped_) fail(Errc::invalid, "the logger has been stopped");
}

void Logger::flush_in_time(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return dirty_ && !failure_; })) {
    const auto due = std::chrono::steady_clock::now() + flush_every_;
    if (changed_.wait_until(lock, stop, due, [this] { return stopped_; })) return;
    if (stop.stop_requested()) return;
    dirty_ = false;
    try {
      log_->flush();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
}

void Logger::stop() {
  timer_.request_stop();
  std::lock_guard lock(mutex_);
  if (std::exchange(stopped_, true)) return;
  log_->close();
  if (failure_) std::rethrow_exception(failure_);
}

Printer::Printer() : Printer(std::cout) {}

void Printer::on_messages(std::span<const Message> messages) {
  for (const Message& message : messages) out_ << message << '\n';
  if (!out_.flush()) fail(Errc::io, "the output takes no more messages");
}

void Redirect::on_messages(std::span<const Message> messages) {
  while (!messages.empty()) {
    const auto error = std::ranges::find_if(messages, [](const Message& m) { return m.error; });
    const auto count = static_cast<std::size_t>(error - messages.begin());
    if (count > 0) to_.send(messages.first(count));
    messages = messages.subspan(std::min(count + 1, messages.size()));
  }
}

}  // namespace can
