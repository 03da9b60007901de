// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "formats/support/stream.h"

namespace can {

/// Bytes of a binary log, in pieces as large as the caller asks for.
class ByteReader {
 public:
  explicit ByteReader(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  /// The next `size` bytes (up to 1 MiB), fewer only at the end of the source. They are not taken;
  /// the view lives until the next call.
  std::span<const char> peek(std::size_t size);

  /// Takes what stands next, also more than there is.
  void skip(std::uint64_t size);

  std::uint64_t offset() const { return offset_; }  ///< of what peek() gives
  std::string_view name() const { return source_->name(); }

 private:
  std::unique_ptr<Source> source_;
  std::vector<char> buffer_ = std::vector<char>(64 * 1024);
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace can
