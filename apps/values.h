// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>

/// Checks of option values. A bad value is a usage error that names the option.
namespace can::cli {

/// A whole number in decimal digits, from `least` to `limit`.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t limit = UINT64_MAX);

/// A time such as 5s; a bare number counts `unit`s. More than 0, unless `zero` allows it.
enum class Zero : bool { refused, taken };
CLI::Validator time_span(std::chrono::nanoseconds unit, Zero zero = Zero::refused);

/// A size such as 10M.
CLI::Validator byte_size();

}  // namespace can::cli
