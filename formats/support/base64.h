// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace can {

/// The number of characters for `bytes` bytes.
constexpr std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

/// Writes `bytes` in base64 (RFC 4648 section 4, padded); returns the end.
char* put_base64(char* at, std::span<const std::uint8_t> bytes);

/// Decodes into `out`. Returns the number of bytes; -1 when `text` is not base64 or `out` is too
/// small.
std::ptrdiff_t parse_base64(std::string_view text, std::span<std::uint8_t> out);

}  // namespace can
