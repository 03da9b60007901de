// SPDX-License-Identifier: MIT
#include <algorithm>

#include "formats/mf4/data_blocks.h"
#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

constexpr std::uint8_t kDeflate = 0, kTransposed = 1;

/// A transposed block has the first byte of each row, then the second of each, and so on; bytes
/// that fill no row are at the end.
std::vector<char> rows_of(const std::vector<char>& bytes, std::size_t columns) {
  const std::size_t rows = bytes.size() / columns;
  std::vector<char> out(bytes.size());
  for (std::size_t column = 0; column < columns; ++column)
    for (std::size_t row = 0; row < rows; ++row)
      out[row * columns + column] = bytes[column * rows + row];
  std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(rows * columns), bytes.end(),
            out.begin() + static_cast<std::ptrdiff_t>(rows * columns));
  return out;
}

}  // namespace

Compressed read_compressed(Blocks& blocks, const Block& block) {
  constexpr std::uint64_t kBest = 1100;  // deflate makes at most 1 byte of 1,032
  const Compressed header{.kind = blocks.number<std::uint8_t>(block, 2),
                          .columns = blocks.number<std::uint32_t>(block, 4),
                          .size = blocks.number<std::uint64_t>(block, 8),
                          .packed_size = blocks.number<std::uint64_t>(block, 16)};
  if (block.cut || block.data_size() < Compressed::kHeader)
    blocks.damaged(block.offset, "the file ends inside a compressed block");
  if (header.kind > kTransposed)
    blocks.damaged(block.offset,
                   fmt::format("compression {} can't be read, only deflate", header.kind));
  if (header.packed_size > block.data_size() - Compressed::kHeader)
    blocks.damaged(block.offset, "a compressed block longer than its block");
  if (header.size > kMaxInflated)
    blocks.damaged(block.offset, "a compressed block of more than 8 MiB");
  if (header.size > header.packed_size * kBest)
    blocks.damaged(block.offset, "a compressed block of impossible size");
  return header;
}

std::span<const char> InflatedBlocks::at(std::uint64_t offset) {
  const auto found = std::ranges::find(entries_, offset, &Entry::offset);
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
    return entries_.front().bytes;
  }
  entries_.push_front({offset, inflate(offset)});
  total_ += entries_.front().bytes.size();
  for (; total_ > kBudget && entries_.size() > 1; entries_.pop_back())
    total_ -= entries_.back().bytes.size();
  return entries_.front().bytes;
}

std::vector<char> InflatedBlocks::inflate(std::uint64_t offset) {
  const Block block = blocks_.header(offset);
  const Compressed header = read_compressed(blocks_, block);
  const auto packed_size = static_cast<std::size_t>(header.packed_size);
  char* packed = packed_.room(packed_size);
  std::vector<char> bytes(static_cast<std::size_t>(header.size));
  if (blocks_.read_unbuffered(block.data + Compressed::kHeader, {packed, packed_size}) <
      packed_size)
    blocks_.damaged(offset, "the file ends inside a compressed block");
  const Inflated result = inflater_.inflate({packed, packed_size}, bytes);
  if (!result.complete || result.size != bytes.size())
    blocks_.damaged(offset, "damaged compressed data");
  const bool transposed = header.kind == kTransposed && header.columns > 0;
  return transposed ? rows_of(bytes, header.columns) : bytes;
}

}  // namespace can::mf4
