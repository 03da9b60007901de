// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "formats/support/stream.h"

namespace can {

/// The bytes of a binary log, as many at a time as are asked for.
class Input {
 public:
  explicit Input(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  /// Makes `size` bytes visible from at(), for which there must be memory; false where the source
  /// ends before.
  bool need(std::size_t size);

  const char* at() const { return memory_.data() + begin_; }
  std::size_t size() const { return end_ - begin_; }  ///< bytes visible
  const char* end() const { return memory_.data() + end_; }

  /// The next `size` bytes, fewer only at the end of the source; they live until the next call.
  std::span<const char> peek(std::size_t size) {
    need(size);
    return {at(), std::min(size, this->size())};
  }

  /// Goes on behind the next `size` bytes, or to the end where there are fewer.
  void skip(std::uint64_t size);
  /// Reads the next bytes, up to `size`; fewer only at the end of the source.
  std::size_t read(char* out, std::size_t size);

  /// Whether need() would return at once, as far as that can be told without reading.
  bool at_hand(std::size_t size) const { return this->size() >= size || source_->ready(); }

  /// The bytes last taken come again, in front of what follows.
  void put_back(std::span<const char> bytes);

  std::uint64_t offset() const { return read_ - size(); }  ///< of at() in the source
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
