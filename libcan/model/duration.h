// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace can {

/// A duration such as "1.5s", "250ms", "10us", "7ns", "5m", "2h", or a number of `unit`s. Not
/// negative, at most 285 years. Throws Errc::invalid.
std::chrono::nanoseconds parse_duration(std::string_view text, std::chrono::nanoseconds unit);

/// Bytes: "4096", "64k", "10M", "1.5G", in powers of 1024; at least 1. Throws Errc::invalid.
std::uint64_t parse_size(std::string_view text);

/// A duration for people, with about three digits: "48 s", "1.25 s", "310 us".
std::string to_text(std::chrono::nanoseconds duration);

}  // namespace can
