// SPDX-License-Identifier: MIT
#include "formats/support/resampler.h"

#include <algorithm>

#include "libcan/model/fail.h"

namespace can::signals {
namespace {

/// The sum wraps: times at the end of all times are followed by too many rows.
std::chrono::nanoseconds later(std::chrono::nanoseconds time, std::chrono::nanoseconds by) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(
      static_cast<std::uint64_t>(time.count()) + static_cast<std::uint64_t>(by.count())));
}

}  // namespace

void Resampler::add(std::size_t column, std::chrono::nanoseconds time, const Value& value) {
  if (!next_) {
    const auto behind = time % step_;
    next_ = behind.count() > 0 ? later(time - behind, step_) : time - behind;
  }
  const Column& before = columns_[column];
  const bool passed = before.last.kind != Cell::Kind::empty && time < before.time;
  // With interpolate_, rows wait for a value that isn't too old for its column.
  late_ += is_made(time) && (passed || !interpolate_);
  if (passed) return;
  make_rows(time);
  latest_ = std::max(latest_, time);
  if (interpolate_) fill_waiting(column, time, value);
  columns_[column] = {time, {Cell::Kind::exact, value, 0}};
}

/// Whether the first row at or behind `time` is made.
bool Resampler::is_made(std::chrono::nanoseconds time) const {
  return rows_ > 0 && later(*next_, -step_) >= time;
}

/// Makes the rows before `end`.
void Resampler::make_rows(std::chrono::nanoseconds end) {
  if (*next_ >= end) return;
  const auto span =
      static_cast<std::uint64_t>(end.count()) - static_cast<std::uint64_t>(next_->count());
  const std::uint64_t count = (span - 1) / static_cast<std::uint64_t>(step_.count()) + 1;
  if (count > kMaxRows - rows_)
    fail(Errc::invalid, "over {} rows: expected a larger step, or a shorter log", kMaxRows);
  rows_ += count;
  for (std::uint64_t i = 0; i < count; ++i, next_ = later(*next_, step_)) make_row();
}

void Resampler::make_row() {
  if (interpolate_) {
    if (waiting_.size() == kMaxWaiting) emit_first();
    waiting_.push_back({*next_, std::vector<Cell>(columns_.size())});
    return;
  }
  cells_.clear();
  for (const Column& column : columns_) cells_.push_back(column.last);
  emit_(*next_, cells_);
}

void Resampler::fill_waiting(std::size_t column, std::chrono::nanoseconds time,
                             const Value& value) {
  const Column& before = columns_[column];
  if (before.last.kind == Cell::Kind::empty) return;
  // The latest rows are those that wait for this value, or, behind its time, for the next one.
  for (auto row = waiting_.rbegin(); row != waiting_.rend() && row->time >= before.time; ++row)
    if (row->time < time || row->time == before.time)
      row->cells[column] = cell_at(before, row->time, time, value);
}

Cell Resampler::cell_at(const Column& column, std::chrono::nanoseconds at,
                        std::chrono::nanoseconds time, const Value& value) const {
  if (at == column.time || !value.signal->values.empty()) return column.last;
  const double whole = std::chrono::duration<double>(time - column.time).count();
  const double part = std::chrono::duration<double>(at - column.time).count() / whole;
  const double from = physical(column.last.value), to = physical(value);
  return {Cell::Kind::between, value, from + (to - from) * part};
}

void Resampler::emit_first() {
  emit_(waiting_.front().time, waiting_.front().cells);
  waiting_.pop_front();
}

void Resampler::finish() {
  if (!next_) return;
  make_rows(later(latest_, std::chrono::nanoseconds(1)));
  // Values at the very end have no value behind them.
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (!waiting_.empty() && columns_[i].time == waiting_.back().time)
      waiting_.back().cells[i] = columns_[i].last;
  while (!waiting_.empty()) emit_first();
}

}  // namespace can::signals
