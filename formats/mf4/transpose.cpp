// SPDX-License-Identifier: MIT
#include "formats/mf4/transpose.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace can::mf4 {
namespace {

constexpr std::size_t kTile = 8;  // rows and columns that are turned at once

/// Swaps, in each pair of rows `apart` rows apart, the bits under `mask` of the lower row with
/// those above of the upper row.
void swap_halves(std::uint64_t (&rows)[kTile], std::size_t apart, std::uint64_t mask) {
  const unsigned shift = 8 * static_cast<unsigned>(apart);
  for (std::size_t i = 0; i < kTile; ++i) {
    if ((i & apart) != 0) continue;
    const std::uint64_t moved = ((rows[i] >> shift) ^ rows[i + apart]) & mask;
    rows[i + apart] ^= moved;
    rows[i] ^= moved << shift;
  }
}

/// Turns a table of 8 x 8 bytes: halves, quarters, then single bytes.
void turn(const char* from, std::size_t from_stride, char* to, std::size_t to_stride) {
  std::uint64_t rows[kTile];
  for (std::size_t i = 0; i < kTile; ++i) std::memcpy(rows + i, from + i * from_stride, kTile);
  swap_halves(rows, 4, 0x00000000FFFFFFFF);
  swap_halves(rows, 2, 0x0000FFFF0000FFFF);
  swap_halves(rows, 1, 0x00FF00FF00FF00FF);
  for (std::size_t i = 0; i < kTile; ++i) std::memcpy(to + i * to_stride, rows + i, kTile);
}
static_assert(std::endian::native == std::endian::little, "turn() has the first byte lowest");

/// to[column * rows + row] = from[row * columns + column], by tiles, and by bytes at the edges.
void turn_table(const char* from, std::size_t rows, std::size_t columns, char* to) {
  const std::size_t whole_rows = rows / kTile * kTile, whole_columns = columns / kTile * kTile;
  for (std::size_t row = 0; row < whole_rows; row += kTile)
    for (std::size_t column = 0; column < whole_columns; column += kTile)
      turn(from + row * columns + column, columns, to + column * rows + row, rows);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = row < whole_rows ? whole_columns : 0; column < columns; ++column)
      to[column * rows + row] = from[row * columns + column];
}

void copy_rest(std::span<const char> bytes, std::size_t columns, char* to) {
  const std::size_t whole = bytes.size() / columns * columns;
  if (whole < bytes.size()) std::memcpy(to + whole, bytes.data() + whole, bytes.size() - whole);
}

}  // namespace

void transpose(std::span<const char> bytes, std::size_t columns, char* to) {
  turn_table(bytes.data(), bytes.size() / columns, columns, to);
  copy_rest(bytes, columns, to);
}

void transpose_back(std::span<const char> bytes, std::size_t columns, char* to) {
  turn_table(bytes.data(), columns, bytes.size() / columns, to);
  copy_rest(bytes, columns, to);
}

}  // namespace can::mf4
