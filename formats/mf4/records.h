// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/mf4/data_blocks.h"
#include "formats/mf4/groups.h"

namespace can::mf4 {

/// The largest record that is read, bytes. One of a CAN frame has about 100.
constexpr std::uint64_t kMaxRecord = 16 * 1024;

/// The channel groups of a data group by record id.
class RecordIds {
 public:
  /// Throws Errc::corrupt where two groups have the same id.
  RecordIds(const Blocks& blocks, const DataGroup& group);

  /// The index of the group; -1 for an unknown id.
  int find(std::uint64_t id) const {
    if (id < small_.size()) return small_[id];
    const auto found = large_.find(id);
    return found == large_.end() ? -1 : found->second;
  }

 private:
  std::array<std::int32_t, 256> small_;
  std::unordered_map<std::uint64_t, int> large_;
};

/// A record in the data.
struct Record {
  int group = -1;           ///< index in the data group
  std::uint64_t begin = 0;  ///< offset of its content
  std::uint64_t size = 0;   ///< bytes of its content
  std::uint64_t end = 0;    ///< offset of the next record
};

/// Finds the records of a data group one after the other.
class RecordFinder {
 public:
  RecordFinder(const DataGroup& group, const RecordIds& ids, DataBlocks& data)
      : group_(group), ids_(ids), window_(data) {}

  enum class Found : std::uint8_t { record, end, unknown_id, cut };

  /// Finds the record at `offset`. `end`: the data end there; `cut`: within the record.
  Found find(std::uint64_t offset, Record& out);

  Window& window() { return window_; }

 private:
  const DataGroup& group_;
  const RecordIds& ids_;
  Window window_;
};

/// What one pass over the data of a data group tells of each channel group.
struct Extent {
  std::uint64_t count = 0;  ///< records
  std::uint64_t first = 0;  ///< offset of the first one, with its id
  std::uint64_t end = 0;    ///< offset behind the last one
};

/// The records of a data group: counts them once, where records of several groups are mixed.
class RecordIndex {
 public:
  /// `counts_known`: the counts that the groups state are final. Throws Errc::io, Errc::corrupt.
  RecordIndex(Blocks& blocks, const DataGroup& group, DataBlocks& data, bool counts_known);

  const DataGroup& group() const { return group_; }
  const RecordIds& ids() const { return ids_; }
  DataBlocks& data() const { return data_; }
  const Extent& extent(std::size_t index) const { return extents_[index]; }
  /// The size of all records, which stand one behind the other, bytes; 0 where they have to be
  /// found one by one.
  std::uint64_t fixed_size() const {
    const ChannelGroup& first = group_.groups.front();
    return group_.id_size == 0 && !first.variable ? first.size.total() : 0;
  }
  /// What is wrong with the records; "" for nothing.
  const std::string& damage() const { return damage_; }

 private:
  void compare_counts();
  void count_sorted();
  void count_mixed();
  void add(const Record& record, std::uint64_t offset);
  void note(std::uint64_t offset, std::string_view what);

  Blocks& blocks_;
  const DataGroup& group_;
  RecordIds ids_;
  DataBlocks& data_;
  std::vector<Extent> extents_;
  std::string damage_;
};

/// The records of one channel group, front to back.
class RecordCursor {
 public:
  RecordCursor(const RecordIndex& index, std::size_t group)
      : finder_(index.group(), index.ids(), index.data()),
        group_(static_cast<int>(group)),
        fixed_size_(index.fixed_size()),
        count_(index.extent(group).count),
        next_(index.extent(group).first),
        left_(count_) {
    record_.size = fixed_size_;
  }

  /// Moves to the next record; false at the end. Throws Errc::corrupt.
  bool next() {
    if (left_ == 0) return false;
    if (fixed_size_ == 0) return find_next();
    --left_;
    record_.begin = next_;
    next_ += fixed_size_;
    return true;
  }

  std::uint64_t size() const { return record_.size; }          ///< of the record, bytes
  std::uint64_t number() const { return count_ - left_ - 1; }  ///< of the record, from 0
  /// The first `size` bytes of the record, and eight that may be read. Valid until the next call.
  const char* bytes(std::size_t size) { return finder_.window().at(record_.begin, size); }

 private:
  bool find_next();

  RecordFinder finder_;
  const int group_;
  const std::uint64_t fixed_size_;  // as RecordIndex::fixed_size()
  const std::uint64_t count_;
  std::uint64_t next_;
  std::uint64_t left_;
  Record record_;
};

}  // namespace can::mf4
