// SPDX-License-Identifier: MIT
#include "formats/support/base64.h"

#include <array>

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

}  // namespace

char* put_base64(char* at, std::span<const std::uint8_t> bytes) {
  while (bytes.size() >= 3) {
    const std::uint32_t bits = std::uint32_t{bytes[0]} << 16 | bytes[1] << 8 | bytes[2];
    for (int shift : {18, 12, 6, 0}) *at++ = kDigits[bits >> shift & 63];
    bytes = bytes.subspan(3);
  }
  if (bytes.empty()) return at;
  const std::uint32_t bits =
      std::uint32_t{bytes[0]} << 16 | (bytes.size() == 2 ? std::uint32_t{bytes[1]} << 8 : 0);
  *at++ = kDigits[bits >> 18 & 63];
  *at++ = kDigits[bits >> 12 & 63];
  *at++ = bytes.size() == 2 ? kDigits[bits >> 6 & 63] : '=';
  *at++ = '=';
  return at;
}

std::ptrdiff_t parse_base64(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() % 4 != 0) return -1;
  if (text.ends_with('=')) text.remove_suffix(text.ends_with("==") ? 2 : 1);
  std::uint32_t bits = 0;
  int count = 0;
  std::size_t size = 0;
  for (char c : text) {
    const int value = kValues[static_cast<unsigned char>(c)];
    if (value < 0) return -1;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if ((count += 6) < 8) continue;
    count -= 8;
    if (size == out.size()) return -1;
    out[size++] = static_cast<std::uint8_t>(bits >> count);
  }
  return static_cast<std::ptrdiff_t>(size);
}

}  // namespace can
