// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cansuite/log.h"

namespace can {

/// A log that is complete however it is left: the destructor closes it, a second close() does
/// nothing, and writing to a closed log is an error. Not thread-safe.
class ClosingWriter final : public LogWriter {
 public:
  /// `name` begins the error of a write behind close(): "drive.asc".
  ClosingWriter(std::unique_ptr<LogWriter> log, std::string name);
  ~ClosingWriter() override;  ///< closes; an error is lost, so call close()

  void write(std::span<const Message> messages) override;  ///< Errc::invalid behind close()
  void flush() override;                                   ///< nothing behind close()
  void close() override;
  std::uint64_t size() const override { return log_->size(); }

 protected:
  bool put_event(std::string_view text, std::optional<std::chrono::nanoseconds> at) override;

 private:
  LogWriter& open();

  std::unique_ptr<LogWriter> log_;
  const std::string name_;
  bool closed_ = false;
};

}  // namespace can
