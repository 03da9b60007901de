// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace can {

/// "1.5s", "250ms", "10us", "7ns", "5m", "2h" or a bare number of `unit`s; not negative.
/// Throws Errc::invalid.
std::chrono::nanoseconds parse_duration(std::string_view text, std::chrono::nanoseconds unit);

/// "4096", "64k", "10M", "1.5G": bytes, in powers of 1024; at least 1. Throws Errc::invalid.
std::uint64_t parse_size(std::string_view text);

/// For people, three figures or so: "48 s", "1.25 s", "310 us".
std::string to_text(std::chrono::nanoseconds duration);

}  // namespace can
