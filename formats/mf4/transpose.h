// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace can::mf4 {

/// Writes the transposed table to `to`: all first bytes of the rows, then all second ones, and so
/// on. `bytes` has rows of `columns` bytes; those that fill no row stay at the end.
void transpose(std::span<const char> bytes, std::size_t columns, char* to);

/// The way back, for a part: writes the bytes of the table from `offset` on, so many as `out` has
/// room for. `turned` is a whole transposed table of rows of `columns` bytes.
void transpose_back(std::span<const char> turned, std::size_t columns, std::size_t offset,
                    std::span<char> out);

}  // namespace can::mf4
