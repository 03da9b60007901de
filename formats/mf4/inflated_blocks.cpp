// SPDX-License-Identifier: MIT
#include "formats/mf4/inflated_blocks.h"

#include <algorithm>
#include <iterator>

#include "formats/mf4/transpose.h"
#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

constexpr std::uint8_t kTransposed = 1;           // kind of compression; 0: not transposed
constexpr std::size_t kReused = 4 * 1024 * 1024;  // much memory for one block, bytes

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
    blocks.damaged(block.offset, "a compressed block of more than 32 MiB");
  if (header.size > header.packed_size * kBest)
    blocks.damaged(block.offset, "a compressed block of impossible size");
  return header;
}

InflatedBlocks::~InflatedBlocks() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  expected_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void InflatedBlocks::read(std::uint64_t offset, std::size_t inside, std::span<char> out) {
  const Entry& entry = inflated(offset);
  const std::span<const char> bytes(entry.bytes.data(),
                                    static_cast<std::size_t>(entry.header.size));
  if (entry.header.kind == kTransposed && entry.header.columns > 0)
    transpose_back(bytes, entry.header.columns, inside, out);
  else
    std::ranges::copy(bytes.subspan(inside, out.size()), out.begin());
}

/// The block at `offset`, which becomes the first of the list.
const InflatedBlocks::Entry& InflatedBlocks::inflated(std::uint64_t offset) {
  auto found = find(offset);
  if (found == entries_.end()) {
    load(offset, kBudget);
    found = entries_.begin();
  }
  finish(*found);
  const std::lock_guard lock(mutex_);
  if (found->state == State::damaged) {
    put_aside(found);
    blocks_.damaged(offset, "damaged compressed data");
  }
  entries_.splice(entries_.begin(), entries_, found);
  return *found;
}

void InflatedBlocks::drop(std::uint64_t offset) {
  const auto found = find(offset);
  const std::lock_guard lock(mutex_);
  if (found != entries_.end() && found->state != State::in_work) put_aside(found);
}

void InflatedBlocks::set_readers(std::size_t windows, std::size_t streams) {
  constexpr std::size_t kLeast = 4096, kAll = 16 * 1024 * 1024;
  window_share_ = std::max(kLeast, kAll / std::max<std::size_t>(1, windows));
  streams_ = std::max<std::size_t>(1, streams);
}

std::size_t InflatedBlocks::ahead(std::size_t block_size) const {
  const std::size_t fit = kExpected / (streams_ * std::max<std::size_t>(1, block_size));
  return helpers_wanted_ == 0 || fit == 0 ? 0 : std::min<std::size_t>(helpers_wanted_ + 1, fit - 1);
}

void InflatedBlocks::expect(std::uint64_t offset) try {
  if (find(offset) != entries_.end()) return;
  load(offset, kExpected);
  while (helpers_.size() < helpers_wanted_) helpers_.emplace_back([this] { serve(); });
  expected_.notify_one();
} catch (const Error&) {
  // at() throws it, if it is called.
}

InflatedBlocks::Entries::iterator InflatedBlocks::find(std::uint64_t offset) {
  return std::ranges::find(entries_, offset, &Entry::offset);
}

/// Reads the compressed block and puts it in front of the list, which has `budget` bytes with it.
void InflatedBlocks::load(std::uint64_t offset, std::size_t budget) {
  const Block block = blocks_.header(offset);
  const Compressed header = read_compressed(blocks_, block);
  const auto size = static_cast<std::size_t>(header.size);
  forget_old(budget - std::min(budget, size));
  Entry& entry = spare_entry(size);
  const auto packed_size = static_cast<std::size_t>(header.packed_size);
  char* const packed = entry.packed.room(packed_size);
  if (blocks_.read_unbuffered(block.data + Compressed::kHeader, {packed, packed_size}) <
      packed_size)
    blocks_.damaged(offset, "the file ends inside a compressed block");
  entry.bytes.room(size);
  entry.offset = offset;
  entry.header = header;
  entry.state = State::waiting;
  const std::lock_guard lock(mutex_);
  entries_.splice(entries_.begin(), spare_, spare_.begin());
  total_ += entry.bytes.size();
}

/// The first of spare_, whose memory isn't much larger than needed.
InflatedBlocks::Entry& InflatedBlocks::spare_entry(std::size_t size) {
  if (!spare_.empty() && spare_.front().bytes.size() > std::max(kReused, 2 * size))
    spare_.pop_front();
  if (spare_.empty()) spare_.emplace_back();
  return spare_.front();
}

/// Decompresses the block, unless a helper does or did. While one does, it decompresses others.
void InflatedBlocks::finish(Entry& wanted) {
  const auto ready = [&] { return wanted.state == State::done || wanted.state == State::damaged; };
  std::unique_lock lock(mutex_);
  while (!ready()) {
    Entry* const entry = wanted.state == State::waiting ? &wanted : next_waiting();
    if (entry)
      inflate(*entry, inflater_, lock);
    else
      done_.wait(lock, ready);
  }
}

/// Unlocks meanwhile.
void InflatedBlocks::inflate(Entry& entry, Inflater& inflater, std::unique_lock<std::mutex>& lock) {
  entry.state = State::in_work;
  lock.unlock();
  const auto size = static_cast<std::size_t>(entry.header.size);
  const Inflated result =
      inflater.inflate({entry.packed.data(), static_cast<std::size_t>(entry.header.packed_size)},
                       {entry.bytes.data(), size});
  lock.lock();
  entry.state = result.complete && result.size == size ? State::done : State::damaged;
  if (entry.header.packed_size > kReused) entry.packed = {};
}

/// Down to so many bytes, but for those in work.
void InflatedBlocks::forget_old(std::size_t budget) {
  const std::lock_guard lock(mutex_);
  for (auto it = entries_.end(); total_ > budget && it != entries_.begin();)
    if ((--it)->state != State::in_work) put_aside(it++);
}

/// A few entries keep their memory for the next ones; of much memory, only the last one put aside.
void InflatedBlocks::put_aside(Entries::iterator entry) {
  constexpr std::size_t kSpare = 4;
  total_ -= entry->bytes.size();
  spare_.splice(spare_.begin(), entries_, entry);
  const bool too_much = spare_.size() > kSpare || spare_.back().bytes.size() > kReused;
  if (spare_.size() > 1 && too_much) spare_.pop_back();
}

InflatedBlocks::Entry* InflatedBlocks::next_waiting() {
  const auto found = std::find_if(entries_.rbegin(), entries_.rend(),
                                  [](const Entry& entry) { return entry.state == State::waiting; });
  return found == entries_.rend() ? nullptr : &*found;
}

/// A helper's thread.
void InflatedBlocks::serve() {
  Inflater inflater;
  std::unique_lock lock(mutex_);
  for (;;) {
    Entry* entry = nullptr;
    expected_.wait(lock, [&] { return stop_ || (entry = next_waiting()); });
    if (stop_) return;
    inflate(*entry, inflater, lock);
    done_.notify_one();
  }
}

}  // namespace can::mf4
