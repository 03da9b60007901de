// SPDX-License-Identifier: MIT
#include "formats/mf4/frame_reader.h"

#include "formats/mf4/decode.h"

namespace can::mf4 {

bool FrameReader::decode_fields(Message& out) {
  std::span<const char> payload(record_, 0);
  if (!find_payload(payload)) {
    ++left_out_;
    return false;
  }
  mf4::decode(fields_, record_, records_.number(), payload, channels_, out);
  return true;
}

bool FrameReader::read(std::span<Message> out, std::size_t& filled, std::int64_t last) {
  do {
    if (decode(out[filled])) ++filled;
    if (!next()) return false;
  } while (filled < out.size() && time_ <= last);
  return true;
}

bool FrameReader::find_payload(std::span<const char>& out) {
  const bool there = fields_.payload.present() && !fields_.payload.invalid(record_);
  if (fields_.place == PayloadPlace::none || !there) return true;
  if (fields_.place == PayloadPlace::record) {
    out = {record_ + fields_.payload.byte(), fields_.payload.bytes()};
    return true;
  }
  if (!payloads_) return false;
  const auto offset = static_cast<std::uint64_t>(fields_.payload.raw(record_, records_.number()));
  const auto found = payloads_->at(offset);
  if (found) out = *found;
  return found.has_value();
}

}  // namespace can::mf4
