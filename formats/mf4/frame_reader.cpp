// SPDX-License-Identifier: MIT
#include "formats/mf4/frame_reader.h"

#include "formats/mf4/decode.h"

namespace can::mf4 {

bool FrameReader::next() {
  while (records_.next()) {
    const char* record = records_.bytes(record_size_);
    if (!record) return false;
    if (read(record)) return true;
    ++left_out_;
  }
  return false;
}

bool FrameReader::read(const char* record) {
  const auto time = fields_.time.read(record, records_.number());
  std::span<const char> payload;
  if (!time || !find_payload(record, payload)) return false;
  const bool sound = decode(fields_, record, records_.number(), payload, channels_, frame_);
  // The sum wraps, as the writer's difference did: times 292 years apart come back.
  frame_.timestamp = std::chrono::nanoseconds(static_cast<std::int64_t>(
      static_cast<std::uint64_t>(start_) + static_cast<std::uint64_t>(*time)));
  return sound;
}

bool FrameReader::find_payload(const char* record, std::span<const char>& out) {
  const bool there = fields_.payload.present() && !fields_.payload.invalid(record);
  if (fields_.place == PayloadPlace::none || !there) return true;
  if (fields_.place == PayloadPlace::record) {
    out = {record + fields_.payload.byte(), fields_.payload.bytes()};
    return true;
  }
  if (!payloads_) return false;
  const auto offset = static_cast<std::uint64_t>(fields_.payload.raw(record, records_.number()));
  const auto found = payloads_->at(offset);
  if (found) out = *found;
  return found.has_value();
}

}  // namespace can::mf4
