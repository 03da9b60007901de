// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/mf4/data_blocks.h"
#include "formats/mf4/file_header.h"
#include "formats/mf4/frame_reader.h"
#include "formats/mf4/groups.h"

namespace can::mf4 {

/// The frames of all groups of a log in the order of time. Frames of the same time are in the order
/// of their groups; those of one group stay in its order. Memory: 10 KiB a group, 16 MiB of
/// buffers for all of them, and 48 MiB of decompressed blocks.
class Frames {
 public:
  /// Appends what is damaged to `problems`. `threads`: as many decompress. Throws Errc::io.
  Frames(Blocks& blocks, const FileHeader& header, unsigned threads,
         std::vector<std::string>& problems);

  /// The group with the next frame; null at the end.
  FrameReader* first() { return heap_.empty() ? nullptr : heap_.front().reader; }
  /// Reads frames of first() and moves behind them: at least one, and as many as come before those
  /// of the other groups, before `end`, and have room. Throws Errc::io.
  void read(std::span<Message> out, std::size_t& filled, std::int64_t end);
  /// Moves to the frame after first(). Throws Errc::io.
  void skip();

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
  template <class Step>
  bool guarded(const Step& step);
  template <class Step>
  void advance(const Step& step);
  bool stays_first(const Head& head) const;
  std::int64_t last_before_others() const;

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
  std::size_t streams_ = 0;  // parts with frames
};

}  // namespace can::mf4
