// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cansuite/log.h"

namespace can {

/// A log that is created by its first message, so that an unreadable or empty input leaves an
/// existing output untouched. Not thread-safe.
class LogOnDemand final : public LogWriter {
 public:
  using Create = std::function<std::unique_ptr<LogWriter>()>;

  /// `create` is called once at most, by write() or open().
  explicit LogOnDemand(Create create) : create_(std::move(create)) {}

  bool opened() const { return log_ != nullptr; }
  /// Creates the log without a message, unless it has been created. Throws errors of `create`.
  void open();

  /// Throws errors of `create` and of the log.
  void write(std::span<const Message> messages) override;
  void flush() override;
  std::uint64_t size() const override { return log_ ? log_->size() : 0; }
  void close() override;

 protected:
  /// Events before the first message, up to a hundred, wait for it.
  bool put_event(std::string_view text, std::optional<std::chrono::nanoseconds> at) override;

 private:
  struct Event {
    std::string text;
    std::optional<std::chrono::nanoseconds> at;
  };

  Create create_;  // empty after close()
  std::vector<Event> early_;
  std::unique_ptr<LogWriter> log_;
};

}  // namespace can
