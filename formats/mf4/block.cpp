// SPDX-License-Identifier: MIT
#include "formats/mf4/block.h"

#include <algorithm>
#include <cstring>

#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

constexpr std::size_t kBuffer = 4 * 1024;        // more would be read in vain between data blocks
constexpr std::uint64_t kMaxBlocks = 1'000'000;  // of metadata; real files have some thousands
// A channel has 160 bytes, and three more blocks are read for it, which other channels may share.
constexpr std::uint64_t kLeastBytes = 8;       // of the file for each block that is read
constexpr std::uint64_t kMaxText = 64 * 1024;  // bytes

}  // namespace

Blocks::Blocks(std::unique_ptr<RandomAccess> bytes, std::string name)
    : bytes_(std::move(bytes)), name_(std::move(name)), size_(bytes_->size()), buffer_(kBuffer) {}

void Blocks::damaged(std::uint64_t offset, std::string_view what) const {
  fail(Errc::corrupt, "{}: offset 0x{:x}: {}", name_, offset, what);
}

std::size_t Blocks::read_unbuffered(std::uint64_t offset, std::span<char> out) {
  if (offset >= size_) return 0;
  return bytes_->read_at(offset, out.first(std::min<std::uint64_t>(out.size(), size_ - offset)));
}

std::size_t Blocks::read(std::uint64_t offset, std::span<char> out) {
  if (out.size() > buffer_.size()) return read_unbuffered(offset, out);
  if (offset < buffered_ || offset + out.size() > buffered_ + filled_) {
    buffered_ = offset;
    filled_ = read_unbuffered(offset, buffer_);
  }
  const std::size_t count = std::min<std::uint64_t>(out.size(), buffered_ + filled_ - offset);
  std::memcpy(out.data(), buffer_.data() + (offset - buffered_), count);
  return count;
}

Block Blocks::header(std::uint64_t link) {
  char head[kBlockHeader];
  if (link < kIdBlock || link > size_ || read(link, head) < sizeof head)
    damaged(link, "expected a block, but the file ends before");
  if (head[0] != '#' || head[1] != '#') damaged(link, "expected a block");
  Block block{.offset = link, .type = {head[2], head[3]}, .links = get<std::uint64_t>(head + 16)};
  const auto length = get<std::uint64_t>(head + 8);
  if (length < kBlockHeader || block.links > (length - kBlockHeader) / 8 || block.links > size_ / 8)
    damaged(link, "a block of impossible length");
  block.data = link + kBlockHeader + 8 * block.links;
  block.cut = length > size_ - link;
  block.end = block.cut ? size_ : link + length;
  if (block.data > size_) damaged(link, "the file ends inside the links of a block");
  return block;
}

Block Blocks::at(std::uint64_t link) {
  if (++count_ > std::min(kMaxBlocks, size_ / kLeastBytes))
    damaged(link, "more blocks than the file can have: a list that is a circle");
  const Block block = header(link);
  known_.push_back(link);
  return block;
}

Block Blocks::at(std::uint64_t link, std::string_view type) {
  const Block block = at(link);
  if (!block.is(type)) damaged(link, fmt::format("expected a block of type {}", type));
  if (block.cut) damaged(link, fmt::format("the file ends inside a block of type {}", type));
  return block;
}

void Blocks::claim(const Block& block) {
  claimed_ += block.end - block.offset;
  if (claimed_ / 2 > size_) damaged(block.offset, "more data blocks than the file can have");
}

std::uint64_t Blocks::link(const Block& block, std::uint64_t index) {
  char bytes[8] = {};
  if (index >= block.links) return 0;
  read(block.offset + kBlockHeader + 8 * index, bytes);
  const auto target = get<std::uint64_t>(bytes);
  if (target != 0 && known_.size() < 2 * kMaxBlocks) known_.push_back(target);
  return target;
}

std::string Blocks::text(std::uint64_t link) {
  if (link == 0) return {};
  const Block block = at(link);
  if (!block.is("TX") && !block.is("MD")) return {};
  std::string text(std::min(block.data_size(), kMaxText), '\0');
  text.resize(read(block.data, text));
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

std::uint64_t Blocks::next_known(std::uint64_t offset) {
  constexpr std::ptrdiff_t kMaxUnsorted = 1024;
  const auto middle = known_.begin() + sorted_;
  if (known_.end() - middle > kMaxUnsorted) {
    std::sort(middle, known_.end());
    std::inplace_merge(known_.begin(), middle, known_.end());
    sorted_ = known_.end() - known_.begin();
  }
  const auto end = known_.begin() + sorted_;
  const auto found = std::upper_bound(known_.begin(), end, offset);
  std::uint64_t next = found == end ? size_ : std::min(size_, *found);
  for (auto it = end; it != known_.end(); ++it)
    if (*it > offset) next = std::min(next, *it);
  return next;
}

}  // namespace can::mf4
