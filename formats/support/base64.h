// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace can {

/// How many characters `bytes` bytes take.
constexpr std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

/// Writes `bytes` in base64 (RFC 4648 section 4, padded); returns the place behind them.
char* put_base64(char* at, std::span<const std::uint8_t> bytes);

/// Decodes into `out`. Returns how many bytes; -1 when `text` is no base64 or doesn't fit.
std::ptrdiff_t parse_base64(std::string_view text, std::span<std::uint8_t> out);

}  // namespace can
