// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/message.h"
#include "cansuite/message_range.h"
#include "cansuite/option.h"

namespace can {

/// Reads the messages of a log, front to back. Not thread-safe; different readers are independent.
/// Formats derive from it and override fill(); everyone else uses the public part.
class LogReader {
 public:
  virtual ~LogReader() = default;
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  /// Fills `out` from the front with the messages that are there, and waits for one if there is
  /// none. Returns their number, 0 only at the end of the log (or for an empty `out`). The messages
  /// before a damaged place are delivered first. Throws Errc::corrupt ("file:line: ..." or "file:
  /// offset 0x1f0: ...") or Errc::io.
  std::size_t read(std::span<Message> out);

  /// The messages from here on as a range: for (const Message& m : log->messages()). Throws as
  /// read() does. Slower than read() with a longer span. The reader must outlive the range.
  auto messages() {
    return MessageRange([this](Message& out) { return read({&out, 1}) == 1; });
  }

  /// Whether read() returns at once, with messages or at the end. False where it may wait for the
  /// program that writes the log into a pipe.
  virtual bool at_hand() const { return true; }

  /// The program that wrote the log; "" where the log doesn't name it.
  virtual std::string writer() const { return {}; }

  /// Makes a damaged place a warning: reading continues behind it. Off by default.
  void keep_going(bool on) { keep_going_ = on; }

  /// Skipped or repaired places so far, one line each, the first kMaxWarnings of them.
  /// warning_count() counts all.
  const std::vector<std::string>& warnings() const { return warnings_; }
  std::uint64_t warning_count() const { return warning_count_; }  ///< of skipped places so far
  static constexpr std::size_t kMaxWarnings = 20;                 ///< kept as texts

 protected:
  LogReader() = default;

  /// Puts messages into `out` from the front and counts each in `filled`, until `out` is full, the
  /// log ends or, after the first message, the next would have to be waited for. Throws as read().
  /// The call after that continues behind the damaged place; each call that throws has moved
  /// forward.
  virtual void fill(std::span<Message> out, std::size_t& filled) = 0;

  void warn(std::string text);  ///< adds a line to warnings()

 private:
  bool keep_going_ = false;
  std::exception_ptr failure_;  // thrown by the next read(), after the messages before it
  std::vector<std::string> warnings_;
  std::uint64_t warning_count_ = 0;
};

/// Writes messages to a log. Not thread-safe. Formats derive from it; create_log() completes a log
/// also where its writer is destroyed without close().
class LogWriter {
 public:
  virtual ~LogWriter() = default;
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// Appends the messages in this order. Some may stay in memory until flush() or close(). Throws
  /// Errc::io.
  virtual void write(std::span<const Message> messages) = 0;
  /// One message. Slower than many at a time.
  void write(const Message& message) { write(std::span(&message, 1)); }

  /// Writes an event between the messages: a text of one line, such as "overtaking", with the time
  /// `at` (as Message::timestamp); without one, the event belongs behind the latest message.
  /// Returns whether the format has room for it: ASC, BLF, MF4 keep text and time, text formats
  /// the text as a comment. Throws Errc::io.
  bool event(std::string_view text, std::optional<std::chrono::nanoseconds> at = {}) {
    return put_event(text, at);
  }

  /// Hands all messages to the operating system: the log can be read up to here even if this
  /// process is killed. Throws Errc::io.
  virtual void flush() = 0;

  /// The size of the log so far in bytes, exact enough for rotation. Where a cut of the file loses
  /// only the messages behind it (Keeps::nothing_when_cut), exactly the bytes of the messages so
  /// far: a recording on a full disk is cut there.
  virtual std::uint64_t size() const = 0;

  /// Completes the log, with the counts in its header. Nothing may follow. Throws Errc::io.
  virtual void close() = 0;

 protected:
  LogWriter() = default;

  /// As event().
  virtual bool put_event(std::string_view, std::optional<std::chrono::nanoseconds>) {
    return false;
  }
};

/// The zone of the civil times in a log's header: that of this machine, or a fixed offset from UTC.
struct TimeZone {
  bool local = true;                    ///< the zone of this machine
  std::chrono::minutes east_of_utc{0};  ///< the offset where not local; minutes, east positive
};

/// Reads "local", "utc", "+01:00" or "-0930". Throws Errc::invalid.
TimeZone parse_time_zone(std::string_view text);

/// What a log has between its frames: remarks of a user, and reports of an interface.
struct LogEvent {
  std::string_view log;                    ///< name of the log; valid during the call
  std::chrono::nanoseconds time{};         ///< as Message::timestamp
  std::chrono::nanoseconds since_start{};  ///< since the start of the log
  std::string text{};                      ///< for people: "marker 'overtaking'"
  std::string remark{};  ///< what LogWriter::event() wrote: "overtaking"; "": no remark
};

class Storage;

namespace signals {
struct LogContent;
}  // namespace signals

/// What a user may set about a log.
struct LogOptions {
  TimeZone zone{};            ///< of the civil times in a log
  unsigned threads = 0;       ///< for (de)compression; 0: as many as there are cores
  OptionValues options{};     ///< of the format; create_log() refuses one that it doesn't declare
  std::uint16_t channel = 1;  ///< number of messages without a channel, where logs number channels
  /// ASC, BLF, MF4: is told what is no frame while the log is read, by the thread that reads.
  std::function<void(const LogEvent&)> on_event{};
  /// Is told what happened to a file: what was cut off a log before it was appended to, a completed
  /// part that can't be deleted.
  std::function<void(const std::string&)> on_notice{};
  /// create_log(), for recordings: syncs the file, and keeps what it doesn't take; not owned, and
  /// must outlive the log. Null: an error is thrown, and the system decides when to sync.
  Storage* storage = nullptr;
  /// create_log(): writes the signals of these databases instead of frames (signals.h). Null:
  /// frames.
  std::shared_ptr<const signals::LogContent> signals{};
};

/// What create_log() does where a file is.
enum class IfThere {
  replace,  ///< the first write removes the old content
  append,
};

struct Format;

/// Opens a log, in `format` when given. Otherwise in the format of its extension, unless its first
/// bytes are not of that but of another format. "-" is standard input. Throws Errc::not_found,
/// Errc::unsupported, Errc::corrupt, Errc::io.
std::unique_ptr<LogReader> open_log(const std::string& path, const LogOptions& options = {},
                                    const Format* format = nullptr);

/// Creates a log, or continues one with IfThere::append. "-" is standard output. A regular file is
/// locked until the log is closed and must have no other use in this process. The log is complete
/// when its writer is closed or destroyed; close() reports errors and may be called twice; writing
/// to a closed log throws Errc::invalid. Throws Errc::invalid
/// (unknown extension, an undeclared option or its bad value, a file in use here),
/// Errc::unsupported (also to append to a log of another format), Errc::not_found, Errc::io (also
/// for a file that another program writes).
std::unique_ptr<LogWriter> create_log(const std::string& path, const LogOptions& options = {},
                                      const Format* format = nullptr,
                                      IfThere if_there = IfThere::replace);

}  // namespace can
