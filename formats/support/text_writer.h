// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "cansuite/stream.h"
#include "formats/support/put_text.h"

namespace can {

/// Buffers text for a sink. A line is written directly into the buffer:
///
///   char* at = out.room(kLongestLine);
///   at = put_decimal(at, 42);
///   out.advance(at);
class TextWriter {
 public:
  explicit TextWriter(std::unique_ptr<Sink> sink)
      : sink_(std::move(sink)), buffer_(new char[kBuffer]), size_(sink_->start()) {}

  /// A buffer of at least `size` bytes. Throws Errc::io.
  char* room(std::size_t size) {
    if (capacity_ - used_ < size) make_room(size);
    return buffer_.get() + used_;
  }
  void advance(const char* end) { used_ = static_cast<std::size_t>(end - buffer_.get()); }
  void put(std::string_view text);

  std::uint64_t size() const { return size_ + used_; }
  void flush() {
    drain();
    sink_->flush();
  }
  void close() {
    drain();
    sink_->close();
  }
  Sink& sink() { return *sink_; }

 private:
  static constexpr std::size_t kBuffer = 256 * 1024;
  void make_room(std::size_t size);
  void drain();

  std::unique_ptr<Sink> sink_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = kBuffer, used_ = 0;
  std::uint64_t size_;
};

}  // namespace can
