// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "formats/support/line_log.h"

namespace can {

/// A line of text, cut at a separator into the cells of a row or the names of columns. The views
/// are valid as long as the line. Quotes are not known.
class Cells {
 public:
  static constexpr std::size_t kMax = 80;

  /// Throws Errc::invalid for more than kMax cells.
  void cut(std::string_view line, char separator);

  std::size_t size() const { return size_; }
  /// "" for a column that is not there.
  std::string_view operator[](std::size_t i) const {
    return i < size_ ? cells_[i] : std::string_view();
  }

  /// The column with this name; kMax for none.
  std::size_t find(std::string_view name) const;

 private:
  std::array<std::string_view, kMax> cells_;
  std::size_t size_ = 0;
};

/// The value of a cell. All throw Errc::corrupt: "expected <what>, got 'xyz'".
std::uint64_t decimal_cell(std::string_view cell, std::string_view what, std::uint64_t limit);
std::uint32_t id_cell(std::string_view cell);  ///< hexadecimal, without 0x
bool flag_cell(std::string_view cell);         ///< 0 or 1

/// Bytes of two hexadecimal digits, without separators. Returns their number, at most out.size().
std::uint8_t data_cell(std::string_view cell, std::span<std::uint8_t> out);

/// Reads a log of rows with one message each, below lines with the names of the columns. In joined
/// logs such lines come again. A derived class parses both.
class RowReader : public LineLogReader {
 protected:
  /// `first_column` is the name at the start of a line of column names. It outlives the reader.
  RowReader(std::unique_ptr<Source> source, char separator, std::string_view first_column)
      : LineLogReader(std::move(source)), separator_(separator), first_column_(first_column) {}

  /// Reads a line that starts with '#' or `first_column`. Throws Errc::corrupt.
  virtual void read_header(std::string_view line) = 0;
  /// For the constructor: reads the lines before the first row. Throws Errc::corrupt where they are
  /// no header.
  void read_first_header();

  /// Fills `out`, a new message, from the row. Throws Errc::corrupt. The caller checks that the
  /// frame can be on a bus.
  virtual void parse(const Cells& row, Message& out) = 0;

  void fill(std::span<Message> out, std::size_t& filled) final;

  char separator_;

 private:
  Line read_line(std::string_view line, Message& out);

  std::string_view first_column_;
  Cells row_;
};

}  // namespace can
