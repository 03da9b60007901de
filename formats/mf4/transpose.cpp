// SPDX-License-Identifier: MIT
#include "formats/mf4/transpose.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace can::mf4 {
namespace {

// A tile: so many rows and columns are turned at once.
constexpr std::size_t kRows = 8, kColumns = 16;

using Bytes = std::uint8_t __attribute__((vector_size(16)));
using Pairs = std::uint16_t __attribute__((vector_size(16)));
using Fours = std::uint32_t __attribute__((vector_size(16)));

static_assert(std::endian::native == std::endian::little, "the first byte of a pair is the lowest");

/// The elements of the first and the second half of `a` and `b` in turn.
struct Mixed {
  Bytes first, second;
};

Mixed mix_bytes(Bytes a, Bytes b) {
  return {
      __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
      __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)};
}
Mixed mix_pairs(Bytes left, Bytes right) {
  const auto a = reinterpret_cast<Pairs>(left), b = reinterpret_cast<Pairs>(right);
  return {reinterpret_cast<Bytes>(__builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)),
          reinterpret_cast<Bytes>(__builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15))};
}
Mixed mix_fours(Bytes left, Bytes right) {
  const auto a = reinterpret_cast<Fours>(left), b = reinterpret_cast<Fours>(right);
  return {reinterpret_cast<Bytes>(__builtin_shufflevector(a, b, 0, 4, 1, 5)),
          reinterpret_cast<Bytes>(__builtin_shufflevector(a, b, 2, 6, 3, 7))};
}

/// Two columns, each now 8 bytes of a row.
char* put_two(char* to, std::size_t stride, Bytes columns) {
  char bytes[sizeof columns];
  std::memcpy(bytes, &columns, sizeof columns);
  std::memcpy(to, bytes, kRows);
  std::memcpy(to + stride, bytes + kRows, kRows);
  return to + 2 * stride;
}

/// Mixes rows to pairs, fours and then whole columns, which are the rows of the turned tile.
void turn(const char* from, std::size_t from_stride, char* to, std::size_t to_stride) {
  Bytes rows[kRows];
  for (std::size_t i = 0; i < kRows; ++i) std::memcpy(rows + i, from + i * from_stride, kColumns);
  const Mixed a = mix_bytes(rows[0], rows[1]), b = mix_bytes(rows[2], rows[3]),
              c = mix_bytes(rows[4], rows[5]), d = mix_bytes(rows[6], rows[7]);
  const Mixed fours[] = {mix_pairs(a.first, b.first), mix_pairs(c.first, d.first),
                         mix_pairs(a.second, b.second), mix_pairs(c.second, d.second)};
  for (const auto* half : {fours, fours + 2}) {
    const Mixed left = mix_fours(half[0].first, half[1].first),
                right = mix_fours(half[0].second, half[1].second);
    for (const Bytes columns : {left.first, left.second, right.first, right.second})
      to = put_two(to, to_stride, columns);
  }
}

struct Table {
  const char* bytes;
  std::size_t stride;  // from row to row
  std::size_t rows, columns;
};

/// Calls `tile` with the place of each tile of `size` in `total`; the last one overlaps.
template <class Tile>
void for_tiles(std::size_t total, std::size_t size, const Tile& tile) {
  for (std::size_t at = 0; at + size <= total; at += size) tile(at);
  if (total % size != 0) tile(total - size);
}

/// to[column * to_stride + row] is the byte of that row and column.
void turn_table(const Table& table, char* to, std::size_t to_stride) {
  if (table.rows < kRows || table.columns < kColumns) {
    for (std::size_t row = 0; row < table.rows; ++row)
      for (std::size_t column = 0; column < table.columns; ++column)
        to[column * to_stride + row] = table.bytes[row * table.stride + column];
    return;
  }
  for_tiles(table.columns, kColumns, [&](std::size_t column) {
    for_tiles(table.rows, kRows, [&](std::size_t row) {
      turn(table.bytes + row * table.stride + column, table.stride, to + column * to_stride + row,
           to_stride);
    });
  });
}

}  // namespace

void transpose(std::span<const char> bytes, std::size_t columns, char* to) {
  const std::size_t rows = bytes.size() / columns;
  turn_table({bytes.data(), columns, rows, columns}, to, rows);
  std::ranges::copy(bytes.subspan(rows * columns), to + rows * columns);
}

void transpose_back(std::span<const char> turned, std::size_t columns, std::size_t offset,
                    std::span<char> out) {
  const std::size_t rows = turned.size() / columns, end = offset + out.size();
  const auto put_bytes = [&](std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < to; ++at)
      out[at - offset] = turned[at < rows * columns ? at % columns * rows + at / columns : at];
  };
  // Whole rows at once; single bytes of a row in front of them and behind.
  const std::size_t first = (offset + columns - 1) / columns, last = std::min(rows, end / columns);
  if (first >= last) return put_bytes(offset, end);
  put_bytes(offset, first * columns);
  turn_table({turned.data() + first, rows, columns, last - first},
             out.data() + (first * columns - offset), columns);
  put_bytes(last * columns, end);
}

}  // namespace can::mf4
