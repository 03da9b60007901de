// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "libcan/model/civil_time.h"

namespace can::asc {

/// Reads the date of a header or trigger block: "Sat Sep 30 03:06:13.191 pm 2017", in many
/// languages, in UTF-8 or the code page of the writer's machine, in 12 or 24 hours. Empty for an
/// unknown or ambiguous date.
std::optional<CivilTime> parse_date(std::string_view text);

/// Writes a date in English with milliseconds, as above; returns the end.
char* put_date(char* at, const CivilTime& date);
constexpr std::size_t kLongestDate = 48;  ///< characters

}  // namespace can::asc
