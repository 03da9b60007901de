// SPDX-License-Identifier: MIT
#include "formats/mf4/data_blocks.h"

#include <algorithm>
#include <iterator>

#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

constexpr std::uint64_t kBlockAlignment = 8;   // bytes
constexpr std::size_t kMaxPieces = 1'500'000;  // a table of 36 MiB; blocks of 64 KiB make 90 GiB

}  // namespace

DataBlocks::DataBlocks(Blocks& blocks, InflatedBlocks& inflated, std::uint64_t link,
                       bool lengths_unknown)
    : blocks_(blocks), inflated_(inflated), lengths_unknown_(lengths_unknown) {
  if (link == 0) return;
  Block block = blocks_.header(link);
  try {
    if (block.is("HL")) {
      const std::uint64_t first = blocks_.link(block, 0);
      if (first == 0) return;
      block = blocks_.header(first);
    }
    block.is("DL") ? add_list(block) : add(block);
    if (lengths_unknown_) extend_last();
  } catch (const Error& error) {
    if (error.code() != Errc::corrupt) throw;
    damage_ = error.what();
  }
  refuse_repeated();
}

void DataBlocks::add(const Block& block) {
  if (pieces_.size() == kMaxPieces) blocks_.damaged(block.offset, "too many data blocks");
  if (block.is("DV") || block.is("LD") || block.is("DI"))
    blocks_.damaged(block.offset, "column-oriented storage (MDF 4.20) can't be read");
  const bool compressed = block.is("DZ");
  if (!compressed && !block.is("DT") && !block.is("SD"))
    blocks_.damaged(block.offset,
                    fmt::format("expected data, got a block of type {}", block.name()));
  compressed ? add_compressed(block) : add_stored(block);
}

void DataBlocks::add_compressed(const Block& block) {
  const Compressed header = read_compressed(blocks_, block);
  blocks_.claim(block);
  pieces_.push_back({size_, block.offset, true});
  size_ += header.size;
  largest_ = std::max(largest_, static_cast<std::size_t>(header.size));
}

/// A block that is longer than the file has data up to the next block: its length may be wrong.
void DataBlocks::add_stored(Block block) {
  if (block.cut) block.end = std::max(block.data, blocks_.next_known(block.offset));
  blocks_.claim(block);
  if (block.cut && !lengths_unknown_)
    damage_ = fmt::format("{}: offset 0x{:x}: the file ends inside a data block", blocks_.name(),
                          block.offset);
  pieces_.push_back({size_, block.data, false});
  size_ += block.end - block.data;
}

/// The last DT block, whose length isn't written yet, ends before the next block, or with the file.
/// A few bytes in front of that are padding.
void DataBlocks::extend_last() {
  if (pieces_.empty() || pieces_.back().compressed) return;
  const Piece& last = pieces_.back();
  const std::uint64_t written = last.at + (size_ - last.begin),
                      next = blocks_.next_known(last.at - 1);
  if (next >= written + kBlockAlignment) size_ += next - written;
}

void DataBlocks::add_list(Block list) {
  while (damage_.empty()) {
    if (!list.is("DL") || list.cut) blocks_.damaged(list.offset, "expected a list of data blocks");
    blocks_.claim(list);
    const std::uint64_t next = blocks_.link(list, 0);
    add_blocks_of(list);
    if (next == 0) return;
    list = blocks_.header(next);
  }
}

void DataBlocks::add_blocks_of(const Block& list) {
  const auto count = std::min<std::uint64_t>(blocks_.number<std::uint32_t>(list, 4),
                                             list.links - (list.links > 0));
  for (std::uint64_t i = 1; i <= count; ++i) {
    const std::uint64_t link = blocks_.link(list, i);
    if (link == 0) return;  // room that its writer hasn't used yet
    add(blocks_.header(link));
    if (!damage_.empty()) return;
  }
}

/// The same block again and again would be endless data from a small file.
void DataBlocks::refuse_repeated() {
  std::vector<std::uint64_t> places;
  for (const Piece& piece : pieces_) places.push_back(piece.at);
  std::ranges::sort(places);
  const auto repeated = std::ranges::adjacent_find(places);
  if (repeated != places.end()) blocks_.damaged(*repeated, "a data block that occurs twice");
}

const DataBlocks::Piece& DataBlocks::piece_of(std::uint64_t offset) const {
  return *std::prev(std::ranges::upper_bound(pieces_, offset, {}, &Piece::begin));
}

std::uint64_t DataBlocks::place(std::uint64_t offset) const {
  if (pieces_.empty()) return 0;
  const Piece& piece = piece_of(offset);
  return piece.compressed ? piece.at : piece.at + (offset - piece.begin);
}

void DataBlocks::expect_behind(const Piece& piece) {
  const Piece* const end = pieces_.data() + pieces_.size();
  const Piece* next = &piece + 1;
  const std::size_t ahead = inflated_.ahead(largest_);
  for (std::size_t i = 0; i < ahead && next != end && next->compressed; ++i, ++next)
    inflated_.expect(next->at);
}

std::size_t DataBlocks::read(std::uint64_t offset, std::span<char> out) {
  std::size_t done = 0;
  while (done < out.size() && offset + done < size_) {
    const Piece& piece = piece_of(offset + done);
    const Piece* next = &piece + 1;
    const std::uint64_t inside = offset + done - piece.begin;
    const std::uint64_t end = next == pieces_.data() + pieces_.size() ? size_ : next->begin;
    const auto part = out.subspan(done).first(
        std::min<std::uint64_t>(out.size() - done, end - piece.begin - inside));
    if (!piece.compressed) {
      const std::size_t count = blocks_.read_unbuffered(piece.at + inside, part);
      if (count < part.size()) return done + count;  // the file became shorter
    } else {
      inflated_.read(piece.at, static_cast<std::size_t>(inside), part);
      if (once_ && piece.begin + inside + part.size() == end) inflated_.drop(piece.at);
      expect_behind(piece);
    }
    done += part.size();
  }
  return done;
}

std::size_t DataBlocks::window_size() const {
  constexpr std::size_t kUsual = 32 * 1024;  // stays in the fastest cache
  constexpr std::size_t kMaxReads = 32;      // of a block, which may be decompressed for each
  return std::min(std::max(kUsual, largest_ / kMaxReads), inflated_.window_share());
}

const char* Window::load(std::uint64_t offset, std::size_t size) {
  constexpr std::size_t kBehind = 8;
  const std::uint64_t wanted = std::max(size, data_->window_size());
  const auto room = static_cast<std::size_t>(std::min(wanted, data_->size()));
  char* bytes = buffer_.room(room + kBehind);
  begin_ = 1, end_ = 0;  // also where the read throws
  const std::size_t count = data_->read(offset, {bytes, room});
  begin_ = offset;
  end_ = offset + count;
  return count >= size ? bytes : nullptr;
}

}  // namespace can::mf4
