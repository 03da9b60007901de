// SPDX-License-Identifier: MIT
#include "formats/mf4/data_image.h"

#include <cstring>

#include "formats/mf4/block.h"
#include "formats/mf4/data_blocks.h"
#include "formats/mf4/transpose.h"

namespace can::mf4 {
namespace {

constexpr std::size_t kMaxPadding = 7;

char* put_header(char* at, const char* type, std::uint64_t length, std::uint64_t links) {
  std::memcpy(at, "##", 2);
  std::memcpy(at + 2, type, 2);
  return put(put(put(at + 4, std::uint32_t{0}), length), links);
}

void finish(DataImage& image, std::size_t length) {
  const std::size_t padding = (8 - length % 8) % 8;
  std::memset(image.block.data() + length, 0, padding);
  image.block_size = length + padding;
}

void store(DataImage& image) {
  const std::size_t length = kBlockHeader + image.size;
  char* at = put_header(image.block.room(length + kMaxPadding), "DT", length, 0);
  std::memcpy(at, image.records.data(), image.size);
  finish(image, length);
}

}  // namespace

void make_block(DataImage& image, int level) {
  constexpr std::uint8_t kTransposed = 1;
  constexpr std::size_t kHeader = kBlockHeader + Compressed::kHeader;
  if (level == 0) return store(image);
  if (!image.deflater) image.deflater.emplace(level);
  char* columns = image.columns.room(image.size);
  transpose({image.records.data(), image.size}, image.record_size, columns);  // neighbours alike
  const std::size_t limit = image.deflater->bound(image.size);
  char* start = image.block.room(kHeader + limit + kMaxPadding);
  const std::size_t packed =
      image.deflater->compress({columns, image.size}, {start + kHeader, limit});
  char* at = put_header(start, "DZ", kHeader + packed, 0);
  std::memcpy(at, "DT", 2);
  at = put(put(at + 2, kTransposed), std::uint8_t{0});
  at = put(at, static_cast<std::uint32_t>(image.record_size));
  put(put(at, std::uint64_t{image.size}), std::uint64_t{packed});
  finish(image, kHeader + packed);
}

/// Links: the next list, the block. Then u8 flags, u32 number of blocks at 4, u64 offsets.
void put_list(char* at, std::uint64_t block, std::uint64_t offset) {
  at = put_header(at, "DL", kListSize, 2);
  at = put(put(at, std::uint64_t{0}), block);
  at = put(put(at, std::uint32_t{0}), std::uint32_t{1});
  put(at, offset);
}

}  // namespace can::mf4
