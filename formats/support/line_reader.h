// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "formats/support/stream.h"
#include "libcan/model/error.h"

namespace can {

/// Lines of a source, without copying them: a view lives until the next call.
class LineReader {
 public:
  explicit LineReader(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  /// False at the end and, without `wait`, where the line is still to come: see ended(). Takes
  /// "\n", "\r\n" and, where the first line ends so, "\r"; the last line may lack one. Throws
  /// Errc::corrupt on a line longer than 1 MiB: no text log has one, a binary file does. Takes away
  /// a UTF-8 byte order mark before any line: logs that were joined to one have several.
  bool next(std::string_view& line, bool wait = true) {
    const void* newline = nullptr;
    if (begin_ != end_ && !put_back_)
      newline = std::memchr(buffer_.data() + begin_, end_of_line_, end_ - begin_);
    if (!newline) return next_anew(line, wait);
    deliver(line,
            static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data()) - begin_,
            true);
    return true;
  }

  /// Whether the source has ended, so that next() returns at once.
  bool ended() const { return ended_; }

  /// Whether next() would return at once, as far as that can be told without reading.
  bool at_hand() const;

  /// The line last given comes again: it belongs to somebody else.
  void put_back() { put_back_ = true; }

  /// Whether the last line given had its "\n": false for one that a power cut may have cut short.
  bool complete() const { return complete_; }

  std::uint64_t number() const { return number_; }  ///< of the line last given, from 1
  std::string_view name() const { return source_->name(); }
  std::string where() const { return fmt::format("{}:{}", name(), number_); }

  /// Throws Errc::corrupt: `error`, with where() in front, is in the line last given.
  [[noreturn]] void fail_here(const Error& error) const;

 private:
  bool next_anew(std::string_view& line, bool wait);
  bool refill();
  void find_end_of_line();

  /// The next `length` bytes, as far as they belong to a line. Nothing here is stored and copied
  /// at once: a processor waits for two stores to be done before one load can read both.
  void deliver(std::string_view& line, std::size_t length, bool complete) {
    const char* start = buffer_.data() + begin_;
    complete_ = complete;
    begin_ += length + complete;
    while (length > 0 && start[length - 1] == '\r') --length;
    ++number_;
    if (*start == '\xEF' && std::string_view(start, length).starts_with("\xEF\xBB\xBF")) {
      start += 3;
      length -= 3;
    }
    last_ = {start, length};
    line = {start, length};
  }

  std::unique_ptr<Source> source_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t number_ = 0;
  char end_of_line_ = '\n';
  std::string_view last_;
  bool ended_ = false, put_back_ = false, complete_ = true;
};

}  // namespace can
