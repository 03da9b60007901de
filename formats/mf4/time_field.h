// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "formats/mf4/field.h"

namespace can::mf4 {

/// The time channel of a group: seconds since the start of the log.
class TimeField {
 public:
  TimeField() = default;  // no such channel: all times are 0
  explicit TimeField(Field field);

  bool present() const { return field_.present(); }

  /// Nanoseconds since the start, exact where the channel has a decimal unit. None for a time that
  /// is invalid or beyond 292 years.
  std::optional<std::int64_t> read(const char* record, std::uint64_t index) const {
    if (step_ == 0) return read_general(record, index);
    std::int64_t time = 0;
    if (__builtin_mul_overflow(field_.raw(record, index), step_, &time) || field_.invalid(record))
      return std::nullopt;
    return time;
  }

 private:
  std::optional<std::int64_t> read_general(const char* record, std::uint64_t index) const;

  Field field_;
  int decimals_ = -1;      // as Conversion::decimals()
  std::int64_t step_ = 0;  // of an integer channel with a decimal unit, ns
};

/// value * 10^-decimals seconds in nanoseconds, rounded, by the shortest decimal number that is
/// `value`: what its writer had before it made a double of it. None beyond 292 years.
std::optional<std::int64_t> nanoseconds_of(double value, int decimals);

}  // namespace can::mf4
