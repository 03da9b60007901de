// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cansuite/message.h"
#include "formats/mf4/payloads.h"
#include "formats/mf4/records.h"
#include "formats/support/channel_numbers.h"

namespace can::mf4 {

/// Reads the frames of one channel group in the order of its records.
class FrameReader {
 public:
  /// `payloads`: where the data bytes are, if outside of the records; else null.
  FrameReader(const RecordIndex& index, std::size_t group, std::unique_ptr<Payloads> payloads,
              NumberedChannels& channels, std::int64_t start)
      : fields_(*index.group().groups[group].frames),
        record_size_(static_cast<std::size_t>(index.group().groups[group].size.total())),
        records_(index, group),
        payloads_(std::move(payloads)),
        channels_(channels),
        start_(start) {}

  /// Moves to the next frame; false at the end. Throws Errc::io; Errc::corrupt for damaged data,
  /// which end the frames.
  bool next();

  const Message& frame() const { return frame_; }
  /// Whether frame() is an overload frame: only its time, channel and direction count.
  bool overload() const { return fields_.kind == FrameKind::overload; }
  /// Frames left out: without a valid time, without their data bytes, or impossible ones.
  std::uint64_t left_out() const { return left_out_; }

 private:
  bool read(const char* record);
  bool find_payload(const char* record, std::span<const char>& out);

  const FrameFields& fields_;
  const std::size_t record_size_;
  RecordCursor records_;
  const std::unique_ptr<Payloads> payloads_;
  NumberedChannels& channels_;
  const std::int64_t start_;  // of the log, ns since the epoch
  Message frame_;
  std::uint64_t left_out_ = 0;
};

}  // namespace can::mf4
