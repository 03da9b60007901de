// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "formats/mf4/block.h"
#include "formats/mf4/inflated_blocks.h"

namespace can::mf4 {

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
  /// All will be read once, front to back: no block is kept behind its end.
  void read_once() { once_ = true; }
  /// How many bytes are best read at once.
  std::size_t window_size() const;
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
  void add_compressed(const Block& block);
  void add_stored(Block block);
  void extend_last();
  void add_list(Block list);
  void add_blocks_of(const Block& list);
  void refuse_repeated();
  const Piece& piece_of(std::uint64_t offset) const;
  void expect_behind(const Piece& piece);

  Blocks& blocks_;
  InflatedBlocks& inflated_;
  const bool lengths_unknown_;
  bool once_ = false;
  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
  std::size_t largest_ = 0;  // of the compressed blocks, bytes decompressed
  std::string damage_;
};

/// Reads a DataBlocks through a buffer.
class Window {
 public:
  explicit Window(DataBlocks& data) : data_(&data) {}

  /// `size` bytes from `offset` on; null where the data end before. Eight more bytes may be read,
  /// of any value. Valid until the next call.
  const char* at(std::uint64_t offset, std::size_t size) {
    if (offset >= begin_ && offset + size <= end_) return buffer_.data() + (offset - begin_);
    return load(offset, size);
  }
  DataBlocks& data() const { return *data_; }

 private:
  const char* load(std::uint64_t offset, std::size_t size);

  DataBlocks* data_;
  Buffer buffer_;
  std::uint64_t begin_ = 1, end_ = 0;  // of the buffer, in the data; none yet
};

}  // namespace can::mf4
