// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/mf4/data_blocks.h"
#include "formats/mf4/file_header.h"
#include "formats/mf4/frame_reader.h"
#include "formats/mf4/groups.h"

namespace can::mf4 {

/// The frames of all groups of a log in the order of time. Frames of the same time are in the order
/// of their groups; those of one group stay in its order. Memory: 64 KiB a group, and 24 MiB of
/// decompressed blocks.
class Frames {
 public:
  /// Appends what is damaged to `problems`. `threads`: as many decompress. Throws Errc::io.
  Frames(Blocks& blocks, const FileHeader& header, unsigned threads,
         std::vector<std::string>& problems);

  /// The group with the next frame; null at the end.
  const FrameReader* first() const { return heap_.empty() ? nullptr : heap_.front().reader; }
  /// Moves to the frame after first(). Throws Errc::io.
  void advance();

  /// Groups of other than CAN frames.
  std::size_t foreign_groups() const { return foreign_; }
  std::size_t groups() const { return readers_.size(); }
  std::uint64_t left_out() const;  ///< as FrameReader::left_out()

 private:
  /// The data of one data group, and what reads from it.
  struct Part {
    std::unique_ptr<DataBlocks> data;
    std::unique_ptr<RecordIndex> index;
  };
  struct Head {
    std::int64_t time;
    std::size_t order;  // of the group
    FrameReader* reader;
    bool operator<(const Head& other) const {  // a heap has its largest element in front
      return time != other.time ? time > other.time : order > other.order;
    }
  };

  void add(const DataGroup& group);
  void add_readers(const RecordIndex& index);
  std::unique_ptr<Payloads> payloads_of(const RecordIndex& index, const FrameFields& fields);
  bool next(FrameReader& reader);
  bool stays_first(const Head& head) const;

  Blocks& blocks_;
  const std::int64_t start_;
  const std::uint16_t unfinished_;
  std::vector<std::string>& problems_;
  InflatedBlocks inflated_;
  NumberedChannels channels_;
  std::vector<DataGroup> groups_;
  std::vector<Part> parts_;
  std::vector<std::unique_ptr<FrameReader>> readers_;
  std::vector<Head> heap_;
  std::size_t foreign_ = 0;
};

}  // namespace can::mf4
