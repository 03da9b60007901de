// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/model/message.h"

namespace can {

/// Reads messages from a log, front to back. Not thread-safe; different readers are independent.
/// Formats derive from it and override fill(); everyone else uses the public part.
class LogReader {
 public:
  virtual ~LogReader() = default;
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  /// Fills `out` from the front with what is there, waiting for at least one; returns how many. 0
  /// only at the end of the log (or for an empty `out`). What stands before a bad place is always
  /// delivered first. Throws Errc::corrupt ("file:line: ..." or "file: offset 0x1f0: ...") or
  /// Errc::io.
  std::size_t read(std::span<Message> out);

  /// Whether read() has something to give at once, or the end; false where it may have to wait for
  /// whoever writes the log into a pipe.
  virtual bool at_hand() const { return true; }

  /// The program that wrote the log, where it says so; "" else.
  virtual std::string writer() const { return {}; }

  /// When set, a bad place becomes a warning and reading goes on behind it.
  void keep_going(bool on) { keep_going_ = on; }

  /// What was skipped or repaired so far, one line each. At most kMaxWarnings; warning_count()
  /// counts the others too.
  const std::vector<std::string>& warnings() const { return warnings_; }
  std::uint64_t warning_count() const { return warning_count_; }
  static constexpr std::size_t kMaxWarnings = 20;

 protected:
  LogReader() = default;

  /// Puts messages into `out` from the front, counting them in `filled` one by one, until `out` is
  /// full, the log ends or, once there is one, the next is still to come. Throws what read()
  /// throws; the call after that goes on behind the bad place, and each call that throws has moved
  /// forward.
  virtual void fill(std::span<Message> out, std::size_t& filled) = 0;

  void warn(std::string text);

 private:
  bool keep_going_ = false;
  std::exception_ptr failure_;  // waits for the next read(): messages before it went out first
  std::vector<std::string> warnings_;
  std::uint64_t warning_count_ = 0;
};

/// Writes messages to a log. Not thread-safe.
class LogWriter {
 public:
  /// Closes what is open but can't report: call close() to hear of errors.
  virtual ~LogWriter() = default;
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// Appends the messages, in this order. May keep some in memory until flush() or close().
  /// Throws Errc::io.
  virtual void write(std::span<const Message> messages) = 0;

  /// A remark between messages, where the format has room for one; else nothing.
  virtual void comment(std::string_view) {}

  /// Hands all that was written to the operating system, so that the log can be read up to here
  /// even if this process is killed. Throws Errc::io.
  virtual void flush() = 0;

  /// Bytes so far, near enough to rotate by.
  virtual std::uint64_t size() const = 0;

  /// Completes the log: what a header counts is known only now. Nothing may follow. Throws
  /// Errc::io.
  virtual void close() = 0;

 protected:
  LogWriter() = default;
};

}  // namespace can
