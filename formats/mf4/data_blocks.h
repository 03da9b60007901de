// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "formats/mf4/block.h"
#include "formats/support/deflate.h"

namespace can::mf4 {

/// The most bytes of a compressed block, decompressed. The standard recommends 4 MiB at most.
constexpr std::uint64_t kMaxInflated = 8 * 1024 * 1024;

/// The header of a DZ block's data section:
///    0       type of the block that was compressed, 2 letters
///    2  u8   kind of compression
///    4  u32  parameter: columns, of a transposed block
///    8  u64  bytes decompressed
///   16  u64  bytes compressed
///   24       a zlib stream
struct Compressed {
  static constexpr std::uint64_t kHeader = 24;  // bytes

  std::uint8_t kind = 0;
  std::uint32_t columns = 0;
  std::uint64_t size = 0, packed_size = 0;
};

/// Reads and checks the header. Throws Errc::corrupt, also for a compression not known.
Compressed read_compressed(Blocks& blocks, const Block& block);

/// The decompressed blocks, at most 24 MiB of those read last.
class InflatedBlocks {
 public:
  explicit InflatedBlocks(Blocks& blocks) : blocks_(blocks) {}

  /// The content of the DZ block at `offset`; valid until the next call. Throws Errc::corrupt.
  std::span<const char> at(std::uint64_t offset);

 private:
  static constexpr std::size_t kBudget = 24 * 1024 * 1024;
  struct Entry {
    std::uint64_t offset;
    std::vector<char> bytes;
  };
  std::vector<char> inflate(std::uint64_t offset);

  Blocks& blocks_;
  Inflater inflater_;
  std::list<Entry> entries_;  // the last used first
  std::size_t total_ = 0;     // bytes
  Buffer packed_;
};

/// Bits of the ID block that say what the writer of a log hasn't completed.
enum Unfinished : std::uint16_t {
  kCounts = 1,       ///< numbers of records
  kDataLength = 4,   ///< length of the last DT block of a list
  kValueSizes = 32,  ///< sizes of groups of variable length
};

/// The bytes that a data link stands for: one block, or the joined blocks of a list.
class DataBlocks {
 public:
  /// Reads the headers of all blocks. Damage ends the data; damage() has it then. Throws
  /// Errc::io, and Errc::corrupt for what is no data block.
  DataBlocks(Blocks& blocks, InflatedBlocks& inflated, std::uint64_t link, bool lengths_unknown);

  std::uint64_t size() const { return size_; }
  /// Reads bytes from `offset` on, fewer only at the end. Throws Errc::corrupt.
  std::size_t read(std::uint64_t offset, std::span<char> out);
  /// What is wrong with the list; "" for nothing.
  const std::string& damage() const { return damage_; }
  /// Where in the file the byte at `offset` is: the byte, or its compressed block.
  std::uint64_t place(std::uint64_t offset) const;

 private:
  struct Piece {
    std::uint64_t begin;  // in the joined bytes
    std::uint64_t at;     // in the file: the stored bytes, or a DZ block
    bool compressed;
  };

  void add(const Block& block);
  void add_stored(const Block& block);
  void add_list(Block list);
  void add_blocks_of(const Block& list);
  void refuse_repeated();
  const Piece& piece_of(std::uint64_t offset) const;

  Blocks& blocks_;
  InflatedBlocks& inflated_;
  const bool lengths_unknown_;
  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
  std::string damage_;
};

/// Reads a DataBlocks through a buffer of 64 KiB.
class Window {
 public:
  explicit Window(DataBlocks& data) : data_(&data) {}

  /// `size` bytes from `offset` on, at most 32 KiB; null where the data end before. Eight more
  /// bytes may be read, of any value. Valid until the next call.
  const char* at(std::uint64_t offset, std::size_t size) {
    if (offset >= begin_ && offset + size <= end_) return buffer_.data() + (offset - begin_);
    return load(offset, size);
  }
  DataBlocks& data() const { return *data_; }

 private:
  const char* load(std::uint64_t offset, std::size_t size);

  static constexpr std::size_t kSize = 64 * 1024;
  DataBlocks* data_;
  Buffer buffer_;
  std::uint64_t begin_ = 1, end_ = 0;  // of the buffer, in the data; none yet
};

}  // namespace can::mf4
