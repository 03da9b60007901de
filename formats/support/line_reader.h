// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cansuite/stream.h"
#include "libcan/model/fail.h"

namespace can {

/// The lines of a source, without a copy: a view is valid until the next call.
class LineReader {
 public:
  explicit LineReader(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  /// Reads the next line. False at the end and, without `wait`, where the line is not complete yet:
  /// see ended(). Lines end with "\n" or "\r\n", or with "\r" where the first one does; the last
  /// may lack its end. A UTF-8 byte order mark at the start of any line is skipped: joined logs
  /// have several. Throws Errc::corrupt for a line of more than 1 MiB: no text log has one, a
  /// binary file does.
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

  /// Whether next() returns at once, as far as is known without reading.
  bool at_hand() const;

  /// Makes next() return the last line again.
  void put_back() { put_back_ = true; }

  /// Whether the last line has its end. A power cut may have cut a line without one.
  bool complete() const { return complete_; }

  std::uint64_t number() const { return number_; }  ///< of the last line, from 1
  std::string_view name() const { return source_->name(); }
  std::string where() const { return fmt::format("{}:{}", name(), number_); }

  /// Throws `error` as Errc::corrupt with the place, where(), in front.
  [[noreturn]] void fail_here(const Error& error) const;

 private:
  bool next_anew(std::string_view& line, bool wait);
  bool refill();
  void find_end_of_line();

  /// Returns the next `length` bytes without their line end. Nothing is copied right after it was
  /// stored: one load of two stores would wait for both.
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
