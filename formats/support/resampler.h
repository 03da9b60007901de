// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "cansuite/signals.h"

namespace can::signals {

/// What a column has at the time of a row.
struct Cell {
  enum class Kind : std::uint8_t { empty, exact, between };

  Kind kind = Kind::empty;
  Value value{};      // exact
  double number = 0;  // between two values
};

/// Makes rows at the multiples of a step of the values of columns, which come in the order of their
/// times. A row has, of each column, the last value up to its time; or, with `interpolate`, what
/// lies on the line to the next value, unless the signal has texts for values. A column is empty
/// before its first value, and with `interpolate` behind the last. A value that comes behind a
/// later one of its column is passed over.
class Resampler {
 public:
  using Emit = std::function<void(std::chrono::nanoseconds, std::span<const Cell>)>;

  /// The step is above 0.
  Resampler(std::chrono::nanoseconds step, std::size_t columns, bool interpolate, Emit emit)
      : step_(step), interpolate_(interpolate), columns_(columns), emit_(std::move(emit)) {}

  /// A value of a column. Throws Errc::invalid where there would be over kMaxRows rows.
  void add(std::size_t column, std::chrono::nanoseconds time, const Value& value);
  /// The rows up to the last value.
  void finish();
  /// The values so far that belong into rows which were made before they came.
  std::uint64_t late() const { return late_; }

  static constexpr std::uint64_t kMaxRows = 100'000'000;
  /// Rows that wait for the next value of a column. Where one is further away, the cells between
  /// are empty.
  static constexpr std::size_t kMaxWaiting = 10'000;

 private:
  struct Column {
    std::chrono::nanoseconds time{};
    Cell last;
  };
  struct Row {
    std::chrono::nanoseconds time{};
    std::vector<Cell> cells;
  };

  bool is_made(std::chrono::nanoseconds time) const;
  void make_rows(std::chrono::nanoseconds end);
  void make_row();
  void fill_waiting(std::size_t column, std::chrono::nanoseconds time, const Value& value);
  Cell cell_at(const Column& column, std::chrono::nanoseconds at, std::chrono::nanoseconds time,
               const Value& value) const;
  void emit_first();

  std::chrono::nanoseconds step_;
  bool interpolate_;
  std::vector<Column> columns_;
  Emit emit_;
  std::deque<Row> waiting_;                         // with interpolate_
  std::vector<Cell> cells_;                         // of the row that is emitted, without
  std::optional<std::chrono::nanoseconds> next_{};  // time of the next row; none: no value has come
  std::chrono::nanoseconds latest_{};               // time of the last value
  std::uint64_t rows_ = 0, late_ = 0;
};

}  // namespace can::signals
