// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/support/random_access.h"
#include "libcan/model/bytes.h"

namespace can::mf4 {

constexpr std::uint64_t kIdBlock = 64;      // bytes; the first block of a file, without a header
constexpr std::uint64_t kBlockHeader = 24;  // bytes

/// A block of the file, in the words of ASAM MDF 4.1:
///    0       2 x '#', then the type, 2 letters
///    8  u64  length with header and links, bytes
///   16  u64  number of links
///   24  u64  links: offsets in the file, 0 none; then the data section
struct Block {
  std::uint64_t offset = 0;  ///< in the file, as all offsets here
  char type[2] = {};
  std::uint64_t links = 0;  ///< their number
  std::uint64_t data = 0;   ///< offset of the data section
  std::uint64_t end = 0;    ///< offset behind the block, at most that of the end of the file
  bool cut = false;         ///< the file ends inside the block

  std::string_view name() const { return {type, 2}; }
  bool is(std::string_view other) const { return name() == other; }
  std::uint64_t data_size() const { return end - data; }
};

/// Reads the blocks of a file, in any order. What a file states is checked against its size. Not
/// thread-safe.
class Blocks {
 public:
  Blocks(std::unique_ptr<RandomAccess> bytes, std::string name);

  const std::string& name() const { return name_; }
  std::uint64_t size() const { return size_; }

  /// The header of the block at `link`. Throws Errc::corrupt for what is no block.
  Block header(std::uint64_t link);
  /// The same for metadata. Throws Errc::corrupt after more blocks than a file of this size has,
  /// too: a list is a circle.
  Block at(std::uint64_t link);
  /// The same for a block of one type, completely in the file.
  Block at(std::uint64_t link, std::string_view type);

  /// Counts the bytes of a block with data, or of a list of these. Throws Errc::corrupt once they
  /// are twice what the file has: so a circle ends, what is in no file is never read, and one block
  /// of wrong length costs no other block its data.
  void claim(const Block& block);

  /// A link of the block; 0 for one that the block doesn't have.
  std::uint64_t link(const Block& block, std::uint64_t index);
  /// A little-endian number of the data section; 0 beyond its end.
  template <class Number>
  Number number(const Block& block, std::uint64_t at) {
    char bytes[sizeof(Number)] = {};
    if (at + sizeof(Number) <= block.data_size()) read(block.data + at, bytes);
    return get<Number>(bytes);
  }
  /// The text of a TX or MD block up to its zero, at most 64 KiB; "" for another block or none.
  std::string text(std::uint64_t link);

  /// Bytes of the file, fewer only at its end.
  std::size_t read(std::uint64_t offset, std::span<char> out);
  /// The same past the buffer, for large reads.
  std::size_t read_unbuffered(std::uint64_t offset, std::span<char> out);

  /// The offset of the first block known behind `offset`, of those read and those linked; size() if
  /// there is none. It is where a data block ends whose length was never written.
  std::uint64_t next_known(std::uint64_t offset);

  [[noreturn]] void damaged(std::uint64_t offset, std::string_view what) const;

 private:
  const std::unique_ptr<RandomAccess> bytes_;
  const std::string name_;
  const std::uint64_t size_;
  std::vector<std::uint64_t> known_;
  std::ptrdiff_t sorted_ = 0;  // so many of these are in order
  std::vector<char> buffer_;
  std::uint64_t buffered_ = 0;  // offset of the buffer
  std::size_t filled_ = 0;
  std::uint64_t count_ = 0;    // blocks of metadata read
  std::uint64_t claimed_ = 0;  // bytes
};

}  // namespace can::mf4
