// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string_view>

#include "formats/support/civil_time.h"

namespace can::clx000 {

/// Completes a logger's times, of which the larger units may be missing: each is taken as the one
/// nearest to the time before it.
class Clock {
 public:
  explicit Clock(const TimeZone& zone) : zone_(zone) {}

  /// The time in the header, "20170101T022232". False when it is none.
  bool start(std::string_view text);

  /// "01T022231683" is day, hour, minute, second, milliseconds. The number of digits tells the
  /// units; between them may be signs and a T. False when it is no such time.
  bool read(std::string_view text, std::chrono::nanoseconds& out);

 private:
  using milliseconds = std::chrono::milliseconds;

  bool read_digits(std::string_view digits);
  milliseconds nearest_of_day(milliseconds time, std::size_t digits) const;
  bool nearest_date(std::string_view digits, milliseconds& midnight) const;
  std::chrono::nanoseconds in_zone();

  TimeZone zone_;
  milliseconds last_{};  // as if the logger's clock showed UTC
  bool started_ = false, dated_ = false;
  std::chrono::hours hour_{-1};
  std::chrono::nanoseconds distance_{};  // of the zone's time to that, in this hour
};

}  // namespace can::clx000
