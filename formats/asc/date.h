// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "formats/support/civil_time.h"

namespace can::asc {

/// The date of a header or trigger block: "Sat Sep 30 03:06:13.191 pm 2017", in the words of many
/// languages, in UTF-8 or the code page of the writer's machine, with a clock of 12 hours or 24.
/// Nothing for what can't be understood without guessing.
std::optional<CivilTime> parse_date(std::string_view text);

/// Writes a date in English, as above, with milliseconds; returns the place behind it.
char* put_date(char* at, const CivilTime& date);
constexpr std::size_t kLongestDate = 48;

}  // namespace can::asc
