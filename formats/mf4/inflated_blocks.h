// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "formats/mf4/block.h"
#include "libcan/model/bytes.h"
#include "libcan/platform/deflate.h"

namespace can::mf4 {

/// The most bytes of a compressed block, decompressed. The standard recommends 4 MiB at most.
constexpr std::uint64_t kMaxInflated = 32 * 1024 * 1024;

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

/// The decompressed blocks, at most 48 MiB of those read last and of those that are to be read
/// next. Threads decompress the latter. One thread uses it.
class InflatedBlocks {
 public:
  /// `threads`: the user's own included.
  InflatedBlocks(Blocks& blocks, unsigned threads)
      : blocks_(blocks), helpers_wanted_(threads - 1) {}
  ~InflatedBlocks();

  /// Copies bytes of the DZ block at `offset`, from `inside` its content on. Throws Errc::corrupt.
  void read(std::uint64_t offset, std::size_t inside, std::span<char> out);
  /// Nothing more will be read from this block.
  void drop(std::uint64_t offset);

  /// What is read at the same time: through so many windows, from so many streams of blocks.
  void set_readers(std::size_t windows, std::size_t streams);
  /// The size that each window may have, so that all have 16 MiB, bytes.
  std::size_t window_share() const { return window_share_; }
  /// How many blocks behind the one in use are worth expecting, each of so many bytes.
  std::size_t ahead(std::size_t block_size) const;
  /// This block will be read soon.
  void expect(std::uint64_t offset);

 private:
  static constexpr std::size_t kBudget = 48 * 1024 * 1024;
  static constexpr std::size_t kExpected = 36 * 1024 * 1024;  // with those not yet in use
  enum class State { waiting, in_work, done, damaged };
  struct Entry {
    std::uint64_t offset = 0;
    Compressed header;
    Buffer packed, bytes;
    State state = State::waiting;
  };
  using Entries = std::list<Entry>;

  Entries::iterator find(std::uint64_t offset);
  const Entry& inflated(std::uint64_t offset);
  void load(std::uint64_t offset, std::size_t budget);
  Entry& spare_entry(std::size_t size);
  void finish(Entry& wanted);
  void inflate(Entry& entry, Inflater& inflater, std::unique_lock<std::mutex>& lock);
  void forget_old(std::size_t budget);
  void put_aside(Entries::iterator entry);
  void serve();
  Entry* next_waiting();

  Blocks& blocks_;
  const unsigned helpers_wanted_;
  std::size_t window_share_ = kBudget, streams_ = 1;
  Inflater inflater_;  // of the user's thread
  std::mutex mutex_;   // guards the states, and the list while there are helpers
  std::condition_variable expected_, done_;
  bool stop_ = false;
  Entries entries_;        // the last used first
  Entries spare_;          // whose memory is used again
  std::size_t total_ = 0;  // memory of entries_, bytes
  std::vector<std::thread> helpers_;
};

}  // namespace can::mf4
