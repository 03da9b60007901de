// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/format.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "cansuite/log.h"
#include "libcan/model/fail.h"
#include "libcan/platform/storage.h"

/// A log that gives messages, then, once, what is wrong with it. It may wait for its writer between
/// two messages, as a log in a pipe does.
class ScriptedLog final : public can::LogReader {
 public:
  explicit ScriptedLog(std::vector<can::Message> messages, std::string failure = {})
      : messages_(std::move(messages)), failure_(std::move(failure)), there_(messages_.size()) {}

  /// Only so many messages are there, until more() says otherwise.
  void only(std::size_t count) {
    const std::lock_guard lock(mutex_);
    there_ = count;
  }
  void more() {
    const std::lock_guard lock(mutex_);
    there_ = messages_.size();
    came_.notify_all();
  }
  bool at_hand() const override {
    const std::lock_guard lock(mutex_);
    return at_ < there_ || there_ == messages_.size();
  }

 protected:
  void fill(std::span<can::Message> out, std::size_t& filled) override {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return at_ < there_ || there_ == messages_.size(); });
    while (filled < out.size() && at_ < there_) out[filled++] = messages_[at_++];
    if (at_ == messages_.size() && filled < out.size() && !failure_.empty())
      can::fail(can::Errc::corrupt, "{}", std::exchange(failure_, {}));
  }

 private:
  std::vector<can::Message> messages_;
  std::string failure_;
  std::size_t at_ = 0, there_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
};

/// What a LogWriter in memory was told, in order: an id in hexadecimal for each message, "# text",
/// "flush", "close".
struct Story {
  std::vector<std::string> steps;
  std::size_t refuse_from =
      SIZE_MAX;  ///< write() throws for the batch with the message of that number
  std::string refusal = "no space left", close_failure;
  can::Errc refused_as = can::Errc::io;
  can::Storage* storage = nullptr;  ///< of a log in a file
  bool full = false;                ///< the disk: write() and flush() stall the storage
};

class StoryLog final : public can::LogWriter {
 public:
  explicit StoryLog(Story& story) : story_(story) {}
  void write(std::span<const can::Message> messages) override {
    if (messages_ + messages.size() > story_.refuse_from)
      can::fail(story_.refused_as, "{}", story_.refusal);
    messages_ += messages.size();
    if (story_.full) story_.storage->stall("log: full");
    if (story_.storage) story_.storage->add_messages(messages.size());
    for (const can::Message& message : messages)
      story_.steps.push_back(fmt::format("{:X}", message.id));
  }
  bool put_event(std::string_view text, std::optional<std::chrono::nanoseconds>) override {
    story_.steps.push_back("# " + std::string(text));
    return true;
  }
  void flush() override {
    story_.steps.push_back("flush");
    save();
  }
  std::uint64_t size() const override { return 10 * messages_; }
  void close() override {
    if (!story_.close_failure.empty()) can::fail(can::Errc::io, "{}", story_.close_failure);
    story_.steps.push_back("close");
    save();
    if (story_.full) can::fail(can::Errc::io, "log: full");
  }

 private:
  void save() {
    if (!story_.storage) return;
    if (story_.full) return story_.storage->stall("log: full");
    story_.storage->resume();
    story_.storage->add_save();
  }

  Story& story_;
  std::size_t messages_ = 0;
};
