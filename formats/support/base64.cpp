// SPDX-License-Identifier: MIT
#include "formats/support/base64.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace can {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto kValues = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::int8_t>(i);
  return values;
}();

/// The 24 bits of four digits; negative when one is no digit.
int bits_of(const char* digits) {
  const auto value = [digits](std::size_t i) {
    return int{kValues[static_cast<unsigned char>(digits[i])]};
  };
  return value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);  // -1 stays negative
}

/// The two digits of each 12 bits.
constexpr auto kPairs = [] {
  std::array<std::array<char, 2>, 4096> pairs{};
  for (std::size_t bits = 0; bits < pairs.size(); ++bits)
    pairs[bits] = {kDigits[bits >> 6], kDigits[bits & 63]};
  return pairs;
}();

void put_four(std::uint32_t bits, char* out) {
  std::memcpy(out, kPairs[bits >> 12].data(), 2);
  std::memcpy(out + 2, kPairs[bits & 4095].data(), 2);
}

void put_three(int bits, std::uint8_t* out) {
  out[0] = static_cast<std::uint8_t>(bits >> 16);
  out[1] = static_cast<std::uint8_t>(bits >> 8);
  out[2] = static_cast<std::uint8_t>(bits);
}

}  // namespace

char* put_base64(char* at, std::span<const std::uint8_t> bytes) {
  const std::uint8_t* from = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, from += 3, at += 4)
    put_four(std::uint32_t{from[0]} << 16 | from[1] << 8 | from[2], at);
  if (left == 0) return at;
  put_four(std::uint32_t{from[0]} << 16 | (left == 2 ? from[1] << 8 : 0), at);
  at[3] = '=';
  if (left == 1) at[2] = '=';
  return at + 4;
}

std::ptrdiff_t parse_base64(std::string_view text, std::span<std::uint8_t> out) {
  if (text.empty()) return 0;
  if (text.size() % 4 != 0) return -1;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  const std::size_t size = text.size() / 4 * 3 - padding;
  if (size > out.size()) return -1;
  const std::size_t whole = text.size() - (padding > 0 ? 4 : 0);
  std::uint8_t* to = out.data();
  int flaws = 0;  // negative once a digit is none
  for (std::size_t at = 0; at < whole; at += 4, to += 3) {
    const int bits = bits_of(&text[at]);
    flaws |= bits;
    put_three(bits, to);
  }
  if (padding > 0) {
    const char last[4] = {text[whole], text[whole + 1], padding == 2 ? 'A' : text[whole + 2], 'A'};
    const int bits = bits_of(last);
    flaws |= bits;
    std::uint8_t bytes[3];
    put_three(bits, bytes);
    std::copy_n(bytes, 3 - padding, to);
  }
  return flaws < 0 ? -1 : static_cast<std::ptrdiff_t>(size);
}

}  // namespace can
