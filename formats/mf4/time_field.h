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

  /// Sets nanoseconds since the start, exact where the channel has a decimal unit. Returns false
  /// for a time that is invalid or beyond 292 years. (An optional would go through memory, and
  /// wait.)
  bool read(const char* record, std::uint64_t index, std::int64_t& time) const {
    if (step_ == 0) return read_general(record, index, time);
    return !__builtin_mul_overflow(place_.of(record), step_, &time);
  }

 private:
  bool read_general(const char* record, std::uint64_t index, std::int64_t& time) const;

  Field field_;
  int decimals_ = -1;      // as Conversion::decimals()
  std::int64_t step_ = 0;  // ns; 0 for a channel that isn't a plain number of a decimal unit
  Bits place_;             // of that number
};

/// value * 10^-decimals seconds in nanoseconds, rounded, by the shortest decimal number that is
/// `value`: what its writer had before it made a double of it. None beyond 292 years.
std::optional<std::int64_t> nanoseconds_of(double value, int decimals);

}  // namespace can::mf4
