// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "formats/support/line_log.h"

namespace can {

/// A line of text cut at a separator: the cells of a row, or the names of the columns above them.
/// The views live as long as the line. There are no quotes in the logs read so.
class Cells {
 public:
  static constexpr std::size_t kMax = 80;

  /// Throws Errc::invalid for more than kMax cells.
  void cut(std::string_view line, char separator);

  std::size_t size() const { return size_; }
  /// "" behind the last one, and for a column that isn't there.
  std::string_view operator[](std::size_t i) const {
    return i < size_ ? cells_[i] : std::string_view();
  }

  /// The column of this name; kMax where there is none.
  std::size_t find(std::string_view name) const;

 private:
  std::array<std::string_view, kMax> cells_;
  std::size_t size_ = 0;
};

/// What a cell says. All throw Errc::corrupt: "expected <what>, got 'xyz'".
std::uint64_t decimal_cell(std::string_view cell, std::string_view what, std::uint64_t limit);
std::uint32_t id_cell(std::string_view cell);  ///< hexadecimal, without 0x
bool flag_cell(std::string_view cell);         ///< 0 or 1

/// Two hexadecimal digits a byte, none between; returns how many bytes, at most out.size().
std::uint8_t data_cell(std::string_view cell, std::span<std::uint8_t> out);

/// Reads a log with a message a row, below lines that name the columns: a derived class says what
/// these and the rows mean. In logs joined to one, such lines come again.
class RowReader : public LineLogReader {
 protected:
  /// `first_column` is the name that the line with the columns' names starts with; it outlives
  /// this.
  RowReader(std::unique_ptr<Source> source, char separator, std::string_view first_column)
      : LineLogReader(std::move(source)), separator_(separator), first_column_(first_column) {}

  /// Takes a line that starts with '#' or the first column's name. Throws Errc::invalid.
  virtual void read_header(std::string_view line) = 0;
  /// For the constructor: takes the lines before the first row. Throws Errc::corrupt where they are
  /// no header.
  void read_first_header();

  /// Makes `out`, a new message, what the row says. Throws Errc::invalid; what could not stand on a
  /// bus is found by the caller.
  virtual void parse(const Cells& row, Message& out) = 0;

  void fill(std::span<Message> out, std::size_t& filled) final;

  char separator_;

 private:
  Line read_line(std::string_view line, Message& out);

  std::string_view first_column_;
  Cells row_;
};

}  // namespace can
