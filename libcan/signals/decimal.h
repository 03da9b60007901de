// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "cansuite/signals.h"

namespace can::signals {

__extension__ using Wide = unsigned __int128;

/// ±digits x 10^exponent. Holds the product of two numbers of 64 bits.
struct WideDecimal {
  Wide digits = 0;
  std::int32_t exponent = 0;
  bool negative = false;
};

inline constexpr std::size_t kLongestDecimal = 96;  // 39 digits, zeros or an exponent, sign, point

/// As parse_decimal(), with as many digits as 128 bits hold.
std::optional<WideDecimal> parse_wide_decimal(std::string_view text);

/// Writes the number without rounding; returns the end. The buffer has room for kLongestDecimal.
char* put_decimal(char* at, const WideDecimal& number);

double to_double(const WideDecimal& number);  ///< the nearest, or its neighbour beyond 53 bits

/// Gives both numbers the smaller exponent of the two. Returns false, and changes nothing, where 64
/// bits are too few.
bool align(Decimal& a, Decimal& b);

}  // namespace can::signals
