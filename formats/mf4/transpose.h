// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace can::mf4 {

/// Writes the transposed table to `to`: all first bytes of the rows, then all second ones, and so
/// on. `bytes` has rows of `columns` bytes; those that fill no row stay at the end.
void transpose(std::span<const char> bytes, std::size_t columns, char* to);

/// The way back: `bytes` has the columns of such a table.
void transpose_back(std::span<const char> bytes, std::size_t columns, char* to);

}  // namespace can::mf4
