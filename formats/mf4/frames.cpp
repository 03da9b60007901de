// SPDX-License-Identifier: MIT
#include "formats/mf4/frames.h"

#include <algorithm>

#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

// Of groups with frames; a recorder of three buses has 63. Each takes some 10 KiB, and passes over
// all records of a data group in which they are mixed.
constexpr std::size_t kMaxGroups = 4096, kMaxMixed = 256;

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
  // A second window is for data bytes outside of the records.
  inflated_.set_readers(2 * readers_.size(), streams_);
  for (std::size_t order = 0; order < readers_.size(); ++order)
    if (guarded([&] { return readers_[order]->next(); }))
      heap_.push_back({readers_[order]->time(), order, readers_[order].get()});
  std::make_heap(heap_.begin(), heap_.end());
}

void Frames::add(const DataGroup& group) {
  Part part;
  part.data = std::make_unique<DataBlocks>(blocks_, inflated_, group.data,
                                           (unfinished_ & kDataLength) != 0);
  if (group.id_size == 0) part.data->read_once();
  part.index =
      std::make_unique<RecordIndex>(blocks_, group, *part.data, (unfinished_ & kCounts) == 0);
  if (!part.index->damage().empty()) problems_.push_back(part.index->damage());
  parts_.push_back(std::move(part));
  const std::size_t before = readers_.size();
  add_readers(*parts_.back().index);
  if (readers_.size() > before) ++streams_;
}

void Frames::add_readers(const RecordIndex& index) {
  const auto& groups = index.group().groups;
  const std::size_t max = std::min(kMaxGroups, readers_.size() + kMaxMixed);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!groups[i].frames || index.extent(i).count == 0) continue;
    if (readers_.size() == max)
      blocks_.damaged(groups[i].offset, fmt::format("more than {} groups of CAN frames{}",
                                                    max == kMaxGroups ? kMaxGroups : kMaxMixed,
                                                    max == kMaxGroups ? "" : " in one data group"));
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

/// Damaged data end the frames of a group: `step` returns whether it has more.
template <class Step>
bool Frames::guarded(const Step& step) try {
  return step();
} catch (const Error& error) {
  if (error.code() != Errc::corrupt) throw;
  problems_.emplace_back(error.what());
  return false;
}

void Frames::read(std::span<Message> out, std::size_t& filled, std::int64_t end) {
  const std::int64_t last = std::min(last_before_others(), end - 1);
  advance([&](FrameReader& reader) { return reader.read(out, filled, last); });
}

void Frames::skip() {
  advance([](FrameReader& reader) { return reader.next(); });
}

/// `step` moves the first reader and returns whether it has more.
template <class Step>
void Frames::advance(const Step& step) {
  Head head = heap_.front();
  const bool more = guarded([&] { return step(*head.reader); });
  head.time = head.reader->time();
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

/// The latest time that the first reader may have and stay the first.
std::int64_t Frames::last_before_others() const {
  const Head& first = heap_.front();
  std::int64_t last = INT64_MAX;
  for (std::size_t i = 1; i < std::min<std::size_t>(heap_.size(), 3); ++i)
    last = std::min(last, heap_[i].order < first.order ? heap_[i].time - 1 : heap_[i].time);
  return last;
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
