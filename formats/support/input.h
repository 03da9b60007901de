// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "cansuite/stream.h"

namespace can {

/// The bytes of a binary log, buffered.
class Input {
 public:
  explicit Input(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  /// Makes `size` bytes readable from at(), in memory; false where the source ends before.
  bool need(std::size_t size);

  const char* at() const { return memory_.data() + begin_; }
  std::size_t size() const { return end_ - begin_; }  ///< bytes readable
  const char* end() const { return memory_.data() + end_; }

  /// The next `size` bytes, fewer only at the end of the source. Valid until the next call.
  std::span<const char> peek(std::size_t size) {
    need(size);
    return {at(), std::min(size, this->size())};
  }

  /// Skips `size` bytes, or all where there are fewer.
  void skip(std::uint64_t size);
  /// Reads `size` bytes; returns the number, fewer only at the end of the source.
  std::size_t read(char* out, std::size_t size);

  /// Whether need() returns at once, as far as is known without reading.
  bool at_hand(std::size_t size) const { return this->size() >= size || source_->ready(); }

  /// Puts bytes in front of the following ones, to be read again.
  void put_back(std::span<const char> bytes);

  std::uint64_t offset() const { return read_ - size(); }  ///< of at() in the source, bytes
  std::string_view name() const { return source_->name(); }

 private:
  static constexpr std::size_t kBlock = 256 * 1024;
  std::size_t read_source(char* out, std::size_t size);

  std::unique_ptr<Source> source_;
  std::vector<char> memory_ = std::vector<char>(kBlock);
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t read_ = 0;
};

}  // namespace can
