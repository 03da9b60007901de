// SPDX-License-Identifier: MIT
#include "formats/mf4/records.h"

#include <algorithm>
#include <cstring>

#include "libcan/model/fail.h"

namespace can::mf4 {

RecordIds::RecordIds(const Blocks& blocks, const DataGroup& group) {
  small_.fill(-1);
  int index = 0;
  for (const ChannelGroup& each : group.groups) {
    if (group.id_size > 0 && find(each.record_id) >= 0)
      blocks.damaged(each.offset, fmt::format("a second group with record id {}", each.record_id));
    if (each.record_id < small_.size())
      small_[each.record_id] = index++;
    else
      large_[each.record_id] = index++;
  }
}

RecordFinder::Found RecordFinder::find(std::uint64_t offset, Record& out) {
  constexpr std::size_t kLength = 4;  // bytes in front of a record of variable length
  const std::size_t id_size = group_.id_size;
  if (offset >= window_.data().size()) return Found::end;
  const char* at = window_.at(offset, id_size);
  if (!at) return Found::cut;
  std::uint64_t id = 0;
  std::memcpy(&id, at, id_size);
  out.group = id_size == 0 ? 0 : ids_.find(id);
  if (out.group < 0) return Found::unknown_id;
  const ChannelGroup& group = group_.groups[static_cast<std::size_t>(out.group)];
  out.begin = offset + id_size + (group.variable ? kLength : 0);
  out.size = group.size.total();
  if (group.variable) {
    if (!(at = window_.at(offset + id_size, kLength))) return Found::cut;
    out.size = get<std::uint32_t>(at);
  }
  out.end = out.begin + out.size;
  return out.end > window_.data().size() ? Found::cut : Found::record;
}

RecordIndex::RecordIndex(Blocks& blocks, const DataGroup& group, DataBlocks& data,
                         bool counts_known)
    : blocks_(blocks),
      group_(group),
      ids_(blocks, group),
      data_(data),
      extents_(group.groups.size()),
      damage_(data.damage()) {
  for (const ChannelGroup& each : group.groups)
    if (each.frames && (each.size.total() == 0 || each.size.total() > kMaxRecord))
      blocks.damaged(each.offset, fmt::format("records of {} bytes", each.size.total()));
  group.id_size == 0 ? count_sorted() : count_mixed();
  if (counts_known) compare_counts();
}

/// Records behind those counted may be the rest of a reused file; fewer are a cut file.
void RecordIndex::compare_counts() {
  for (std::size_t i = 0; i < extents_.size(); ++i) {
    const ChannelGroup& group = group_.groups[i];
    Extent& extent = extents_[i];
    if (!group.frames || group.cycles == extent.count) continue;
    if (damage_.empty())
      damage_ = fmt::format("{}: offset 0x{:x}: a group of {} records has {}", blocks_.name(),
                            group.offset, group.cycles, extent.count);
    extent.count = std::min(extent.count, group.cycles);
  }
}

void RecordIndex::note(std::uint64_t offset, std::string_view what) {
  if (damage_.empty())
    damage_ = fmt::format("{}: offset 0x{:x}: {}", blocks_.name(), data_.place(offset), what);
}

/// Without record ids all records are of the first group.
void RecordIndex::count_sorted() {
  const std::uint64_t size = group_.groups.front().size.total();
  if (size == 0) blocks_.damaged(group_.groups.front().offset, "records of 0 bytes");
  const std::uint64_t rest = data_.size() % size;
  extents_[0] = {.count = data_.size() / size, .first = 0, .end = data_.size() - rest};
  if (rest > 0) note(data_.size() - rest, "the data end inside a record");
}

void RecordIndex::count_mixed() {
  RecordFinder finder(group_, ids_, data_);
  Record record;
  for (std::uint64_t at = 0;; at = record.end) try {
      const auto found = finder.find(at, record);
      if (found == RecordFinder::Found::unknown_id) note(at, "a record with an unknown id");
      if (found == RecordFinder::Found::cut) note(at, "the data end inside a record");
      if (found != RecordFinder::Found::record) return;
      add(record, at);
    } catch (const Error& error) {
      if (error.code() != Errc::corrupt) throw;
      damage_ = error.what();
      return;
    }
}

void RecordIndex::add(const Record& record, std::uint64_t offset) {
  Extent& extent = extents_[static_cast<std::size_t>(record.group)];
  if (extent.count++ == 0) extent.first = offset;
  extent.end = record.end;
}

bool RecordCursor::find_next() {
  while (finder_.find(next_, record_) == RecordFinder::Found::record) {
    next_ = record_.end;
    if (record_.group != group_) continue;
    --left_;
    return true;
  }
  return false;
}

}  // namespace can::mf4
