// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>

/// What the value of an option has to be. A value that makes no sense is wrong usage, told with the
/// option's name.
namespace can::cli {

/// A whole number in decimal digits, from `least` to `limit`.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t limit = UINT64_MAX);

/// A time such as 5s, of a bare number that many of `unit`; more than none, unless `zero`.
enum class Zero : bool { refused, taken };
CLI::Validator time_span(std::chrono::nanoseconds unit, Zero zero = Zero::refused);

/// A size such as 10M.
CLI::Validator byte_size();

}  // namespace can::cli
