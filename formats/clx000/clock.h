// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string_view>

#include "libcan/model/civil_time.h"

namespace can::clx000 {

/// Completes the times of a logger. Missing larger units are chosen so that a time is the nearest
/// one to the time before.
class Clock {
 public:
  explicit Clock(const TimeZone& zone) : zone_(zone) {}

  /// Sets the time of the header, "20170101T022232". False for anything else.
  bool start(std::string_view text);

  /// Reads "01T022231683": day, hour, minute, second, milliseconds. The number of digits defines
  /// the units. Signs and a T may separate them. False for anything else.
  bool read(std::string_view text, std::chrono::nanoseconds& out);

 private:
  using milliseconds = std::chrono::milliseconds;

  bool read_digits(std::string_view digits);
  milliseconds nearest_of_day(milliseconds time, std::size_t digits) const;
  bool nearest_date(std::string_view digits, milliseconds& midnight) const;
  std::chrono::nanoseconds in_zone();

  TimeZone zone_;
  milliseconds last_{};  // since the epoch, as if the logger's clock were UTC
  bool started_ = false, dated_ = false;
  std::chrono::hours hour_{-1};
  std::chrono::nanoseconds distance_{};  // from last_ to the real time, in the hour hour_
};

}  // namespace can::clx000
