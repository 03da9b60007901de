// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/npz/npz.h"
#include "formats/support/zip_reader.h"
#include "libcan/platform/temporary_file.h"

namespace can::npz {

/// One array, decompressed into a temporary file. The accessors read the rows of the last
/// advance().
class Array {
 public:
  /// Reads the current file of `zip`. Throws Errc::corrupt.
  explicit Array(ZipReader& zip);

  std::uint64_t rows() const { return rows_; }

  /// Moves to the next `count` rows, which must exist.
  void advance(std::size_t count) {
    block_.resize(count * width_);
    file_.read(block_);
  }

  std::int64_t number(std::size_t row) const {
    std::uint64_t value = 0;
    std::memcpy(&value, at(row), size_);  // little-endian, as this machine is
    if (kind_ != 'i' || size_ == 8) return static_cast<std::int64_t>(value);
    const auto unused = static_cast<int>(64 - 8 * size_);
    return static_cast<std::int64_t>(value << unused) >> unused;
  }

  /// A time: an integer in its unit, or a floating point number in seconds. False for no time.
  bool time(std::size_t row, std::chrono::nanoseconds& out) const {
    double seconds = 0;
    if (kind_ != 'f') {
      std::int64_t nanos;
      const bool fits = number(row) != INT64_MIN &&  // "not a time"
                        !__builtin_mul_overflow(number(row), nanos_, &nanos);
      if (fits) out = std::chrono::nanoseconds(nanos);
      return fits;
    }
    std::memcpy(&seconds, at(row), sizeof seconds);
    if (!(seconds > -9.223e9 && seconds < 9.223e9)) return false;
    out = std::chrono::nanoseconds(std::llround(seconds * 1e9));
    return true;
  }

  std::span<const char> bytes(std::size_t row) const { return {at(row), width_}; }

  std::string text(std::size_t row) const;

  bool holds_numbers() const { return kind_ != 'U' && kind_ != 'f' && width_ == size_; }
  bool holds_times() const { return holds_numbers() || (kind_ == 'f' && width_ == 8); }
  bool holds_bytes() const { return kind_ == 'u' && size_ == 1 && width_ <= kDataWidth; }
  bool holds_names() const { return kind_ == 'U' || holds_numbers(); }

 private:
  const char* at(std::size_t row) const { return block_.data() + row * width_; }

  void read_head(ZipReader& zip);
  void parse_type(std::string_view text);
  void parse_shape(std::string_view text);

  std::int64_t nanos_ = 1;  // ns of the unit of times
  char kind_ = 'i';
  std::size_t size_ = 1, width_ = 1;  // bytes of a value; of a row
  std::uint64_t rows_ = 0;
  TemporaryFile file_;
  std::vector<char> block_;
};

}  // namespace can::npz
