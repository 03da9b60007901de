// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "libcan/platform/temporary_file.h"

namespace can::npz {

/// Columns of values of eight bytes, which grow at the same time, in one temporary file. Takes 8
/// KiB of memory a column. Throws Errc::io.
class ColumnFile {
 public:
  /// Begins a column. Returns its number.
  std::size_t add_column();

  void put(std::size_t column, std::uint64_t value);
  void put(std::size_t column, std::int64_t value) {
    put(column, static_cast<std::uint64_t>(value));
  }
  void put(std::size_t column, double value) { put(column, std::bit_cast<std::uint64_t>(value)); }

  std::uint64_t rows(std::size_t column) const {
    return columns_[column].blocks.size() * kBlock + columns_[column].last.size();
  }

  /// Ends the growing of all columns.
  void end() { file_.rewind(); }
  /// Passes the values of a column, in order, to `use`. After end().
  template <class Use>
  void read(std::size_t column, Use use) const {
    std::vector<std::uint64_t> values(kBlock);
    const auto bytes = std::as_writable_bytes(std::span(values));
    for (const std::uint64_t block : columns_[column].blocks) {
      file_.read_at(block, {reinterpret_cast<char*>(bytes.data()), bytes.size()});
      use(std::span<const std::uint64_t>(values));
    }
    use(std::span<const std::uint64_t>(columns_[column].last));
  }

 private:
  static constexpr std::size_t kBlock = 1024;  // values

  struct Column {
    std::vector<std::uint64_t> blocks{};  // offsets in the file
    std::vector<std::uint64_t> last{};    // fewer than kBlock
  };

  std::vector<Column> columns_;
  TemporaryFile file_;
  std::uint64_t end_ = 0;
};

}  // namespace can::npz
