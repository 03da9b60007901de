// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "cansuite/message.h"
#include "formats/mf4/frame_heads.h"
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
        heads_(FrameHeads::of(fields_)),
        channels_(channels),
        start_(start) {}

  /// Moves to the next frame; false at the end. Throws Errc::io; Errc::corrupt for damaged data,
  /// which end the frames.
  bool next();
  /// The time of that frame, ns since the epoch.
  std::int64_t time() const { return time_; }
  /// Makes the message of that frame; false for one that is left out. Throws as next() does.
  bool decode(Message& out);
  /// Decodes this frame and those behind it up to the time `last`, as many as fit. Returns false
  /// at the end; else the frame behind them is the next one. Throws as next() does.
  bool read(std::span<Message> out, std::size_t& filled, std::int64_t last);

  /// Whether they are overload frames: only their time, channel and direction count.
  bool overload() const { return fields_.kind == FrameKind::overload; }
  /// Frames left out: without a valid time, or without their data bytes.
  std::uint64_t left_out() const { return left_out_; }

 private:
  bool decode_fields(Message& out);
  bool find_payload(std::span<const char>& out);

  const FrameFields& fields_;
  const std::size_t record_size_;
  RecordCursor records_;
  const std::unique_ptr<Payloads> payloads_;
  const std::unique_ptr<FrameHeads> heads_;
  NumberedChannels& channels_;
  const std::int64_t start_;      // of the log, ns since the epoch
  const char* record_ = nullptr;  // of the next frame
  std::int64_t time_ = 0;
  std::uint64_t left_out_ = 0;
};

inline bool FrameReader::next() {
  while (records_.next()) {
    record_ = records_.bytes(record_size_);
    if (!record_) return false;
    std::int64_t time = 0;
    if (fields_.time.read(record_, records_.number(), time)) {
      // The sum wraps, as the writer's difference did: times 292 years apart come back.
      time_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(start_) +
                                        static_cast<std::uint64_t>(time));
      return true;
    }
    ++left_out_;
  }
  return false;
}

inline bool FrameReader::decode(Message& out) {
  if (heads_)
    heads_->decode(record_, channels_, out);
  else if (!decode_fields(out))
    return false;
  out.timestamp = std::chrono::nanoseconds(time_);
  return true;
}

}  // namespace can::mf4
