// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "cansuite/signals.h"
#include "libcan/model/digits.h"

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

/// Whether the number has up to eight digits, not all of them behind the point.
inline bool is_short(const WideDecimal& number) {
  return number.digits < 100'000'000 && number.exponent <= 0 && number.exponent > -8;
}

/// put_decimal() of a short number. Nearly without branches: a processor can't predict how many
/// digits a value has.
inline char* put_short(char* at, const WideDecimal& number) {
  const int places = -number.exponent;
  const std::uint64_t digits = digit_bytes(static_cast<std::uint32_t>(number.digits));
  const std::uint64_t text = digits | kZeroCharacters;
  const int leading = std::min(std::countr_zero(digits) / 8, 7 - places);
  const int fraction = places - std::min(std::countl_zero(digits) / 8, places);
  *at = '-';
  at += number.negative && digits != 0;
  at = put_word(at, text >> 8 * leading) - leading - places;
  if (places == 0) return at;
  *at = '.';
  put_word(at + 1, text >> 8 * (8 - places));
  return at + fraction + (fraction > 0);
}

char* put_long(char* at, const WideDecimal& number);  ///< put_decimal() of any number

/// Writes the number without rounding; returns the end. The buffer has room for kLongestDecimal.
inline char* put_decimal(char* at, const WideDecimal& number) {
  return is_short(number) ? put_short(at, number) : put_long(at, number);
}

double to_double(const WideDecimal& number);  ///< the nearest, or its neighbour beyond 53 bits

/// Gives both numbers the smaller exponent of the two. Returns false, and changes nothing, where 64
/// bits are too few.
bool align(Decimal& a, Decimal& b);

}  // namespace can::signals
