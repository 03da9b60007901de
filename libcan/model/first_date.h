// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace can {

/// The earliest plausible date of a message: 1990-01-01, UTC. Earlier times are those of a log
/// without a date, whose times start at 0. As in python-can.
constexpr std::chrono::nanoseconds kFirstDate =
    std::chrono::sys_days(std::chrono::year(1990) / 1 / 1).time_since_epoch();

}  // namespace can
