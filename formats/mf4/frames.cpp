// SPDX-License-Identifier: MIT
#include "formats/mf4/frames.h"

#include <algorithm>

#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

constexpr std::size_t kMaxGroups = 256;  // with frames; a recorder of three buses has 63

}  // namespace

Frames::Frames(Blocks& blocks, const FileHeader& header, unsigned threads,
               std::vector<std::string>& problems)
    : blocks_(blocks),
      start_(header.start),
      unfinished_(header.unfinished),
      problems_(problems),
      inflated_(blocks, threads),
      groups_(read_groups(blocks, header.first_group, problems)) {
  for (const DataGroup& group : groups_) try {
      if (group.has_frames())
        add(group);
      else
        foreign_ += group.groups.size();
    } catch (const Error& error) {
      if (error.code() != Errc::corrupt) throw;
      problems_.emplace_back(error.what());
    }
  for (std::size_t order = 0; order < readers_.size(); ++order)
    if (next(*readers_[order]))
      heap_.push_back({readers_[order]->frame().timestamp.count(), order, readers_[order].get()});
  std::make_heap(heap_.begin(), heap_.end());
}

void Frames::add(const DataGroup& group) {
  Part part;
  part.data = std::make_unique<DataBlocks>(blocks_, inflated_, group.data,
                                           (unfinished_ & kDataLength) != 0);
  part.index =
      std::make_unique<RecordIndex>(blocks_, group, *part.data, (unfinished_ & kCounts) == 0);
  if (!part.index->damage().empty()) problems_.push_back(part.index->damage());
  parts_.push_back(std::move(part));
  add_readers(*parts_.back().index);
}

void Frames::add_readers(const RecordIndex& index) {
  const auto& groups = index.group().groups;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!groups[i].frames || index.extent(i).count == 0) continue;
    if (readers_.size() == kMaxGroups)
      blocks_.damaged(groups[i].offset, "more than 256 groups of CAN frames");
    readers_.push_back(std::make_unique<FrameReader>(
        index, i, payloads_of(index, *groups[i].frames), channels_, start_));
  }
}

std::unique_ptr<Payloads> Frames::payloads_of(const RecordIndex& index, const FrameFields& fields) {
  if (fields.place == PayloadPlace::values)
    return payloads_in_blocks(
        std::make_unique<DataBlocks>(blocks_, inflated_, fields.payload_link, false));
  const auto& groups = index.group().groups;
  const auto found = std::ranges::find(groups, fields.payload_link, &ChannelGroup::offset);
  if (fields.place != PayloadPlace::group || found == groups.end() || !found->variable)
    return nullptr;
  return payloads_in_group(index, static_cast<std::size_t>(found - groups.begin()));
}

/// Damaged data end the frames of this group.
bool Frames::next(FrameReader& reader) try { return reader.next(); } catch (const Error& error) {
  if (error.code() != Errc::corrupt) throw;
  problems_.emplace_back(error.what());
  return false;
}

void Frames::advance() {
  Head head = heap_.front();
  const bool more = next(*head.reader);
  if (more) head.time = head.reader->frame().timestamp.count();
  if (more && stays_first(head)) {
    heap_.front() = head;
    return;
  }
  std::pop_heap(heap_.begin(), heap_.end());
  heap_.pop_back();
  if (!more) return;
  heap_.push_back(head);
  std::push_heap(heap_.begin(), heap_.end());
}

/// Whether neither element below the first comes before `head`, which has its place.
bool Frames::stays_first(const Head& head) const {
  return !(heap_.size() > 1 && head < heap_[1]) && !(heap_.size() > 2 && head < heap_[2]);
}

std::uint64_t Frames::left_out() const {
  std::uint64_t count = 0;
  for (const auto& reader : readers_) count += reader->left_out();
  return count;
}

}  // namespace can::mf4
