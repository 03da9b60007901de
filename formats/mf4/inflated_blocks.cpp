// SPDX-License-Identifier: MIT
#include "formats/mf4/inflated_blocks.h"

#include <algorithm>
#include <iterator>

#include "formats/mf4/transpose.h"
#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

constexpr std::uint8_t kDeflate = 0, kTransposed = 1;

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

bool BlockInflater::inflate(const Compressed& header, const char* packed, char* out) {
  const auto size = static_cast<std::size_t>(header.size);
  const bool transposed = header.kind == kTransposed && header.columns > 0;
  char* const inflated = transposed ? columns_.room(size) : out;
  const Inflated result =
      inflater_.inflate({packed, static_cast<std::size_t>(header.packed_size)}, {inflated, size});
  if (transposed) transpose_back({inflated, size}, header.columns, out);
  return result.complete && result.size == size;
}

InflatedBlocks::~InflatedBlocks() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  expected_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

std::span<const char> InflatedBlocks::at(std::uint64_t offset) {
  auto found = find(offset);
  if (found == entries_.end()) {
    load(offset);
    found = entries_.begin();
  }
  Entry& entry = *found;
  finish(entry);
  const std::lock_guard lock(mutex_);
  if (entry.state == State::damaged) {
    put_aside(found);
    blocks_.damaged(offset, "damaged compressed data");
  }
  entries_.splice(entries_.begin(), entries_, found);
  forget_old(kBudget);
  return {entry.bytes.data(), static_cast<std::size_t>(entry.header.size)};
}

void InflatedBlocks::expect(std::uint64_t offset) try {
  if (find(offset) != entries_.end()) return;
  {
    const std::lock_guard lock(mutex_);
    forget_old(kBudget * 3 / 4);
  }
  load(offset);
  while (helpers_.size() < helpers_wanted_) helpers_.emplace_back([this] { serve(); });
  expected_.notify_one();
} catch (const Error&) {
  // at() throws it, if it is called.
}

InflatedBlocks::Entries::iterator InflatedBlocks::find(std::uint64_t offset) {
  return std::ranges::find(entries_, offset, &Entry::offset);
}

/// Reads the compressed block and puts it in front of the list.
void InflatedBlocks::load(std::uint64_t offset) {
  const Block block = blocks_.header(offset);
  const Compressed header = read_compressed(blocks_, block);
  if (spare_.empty()) spare_.emplace_back();
  Entry& entry = spare_.front();
  const auto packed_size = static_cast<std::size_t>(header.packed_size);
  char* const packed = entry.packed.room(packed_size);
  if (blocks_.read_unbuffered(block.data + Compressed::kHeader, {packed, packed_size}) <
      packed_size)
    blocks_.damaged(offset, "the file ends inside a compressed block");
  entry.bytes.room(static_cast<std::size_t>(header.size));
  entry.offset = offset;
  entry.header = header;
  entry.state = State::waiting;
  const std::lock_guard lock(mutex_);
  entries_.splice(entries_.begin(), spare_, spare_.begin());
  total_ += static_cast<std::size_t>(header.size);
}

/// Decompresses the block unless a helper did, or does.
void InflatedBlocks::finish(Entry& entry) {
  std::unique_lock lock(mutex_);
  if (entry.state == State::waiting) {
    entry.state = State::in_work;
    lock.unlock();
    const bool good = inflater_.inflate(entry.header, entry.packed.data(), entry.bytes.data());
    lock.lock();
    entry.state = good ? State::done : State::damaged;
  }
  done_.wait(lock, [&] { return entry.state == State::done || entry.state == State::damaged; });
}

/// Down to so many bytes, but for the block in use, which is the first, and those in work.
void InflatedBlocks::forget_old(std::size_t budget) {
  for (auto it = entries_.end(); total_ > budget && --it != entries_.begin();)
    if (it->state != State::in_work) put_aside(it++);
}

/// A few entries keep their memory for the next ones.
void InflatedBlocks::put_aside(Entries::iterator entry) {
  constexpr std::size_t kSpare = 4;
  total_ -= static_cast<std::size_t>(entry->header.size);
  spare_.splice(spare_.begin(), entries_, entry);
  if (spare_.size() > kSpare) spare_.pop_back();
}

InflatedBlocks::Entry* InflatedBlocks::next_waiting() {
  const auto found = std::find_if(entries_.rbegin(), entries_.rend(),
                                  [](const Entry& entry) { return entry.state == State::waiting; });
  return found == entries_.rend() ? nullptr : &*found;
}

/// A helper's thread.
void InflatedBlocks::serve() {
  BlockInflater inflater;
  std::unique_lock lock(mutex_);
  for (;;) {
    Entry* entry = nullptr;
    expected_.wait(lock, [&] { return stop_ || (entry = next_waiting()); });
    if (stop_) return;
    entry->state = State::in_work;
    lock.unlock();
    const bool good = inflater.inflate(entry->header, entry->packed.data(), entry->bytes.data());
    lock.lock();
    entry->state = good ? State::done : State::damaged;
    done_.notify_one();
  }
}

}  // namespace can::mf4
