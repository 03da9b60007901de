// SPDX-License-Identifier: MIT
#include "formats/mf4/frame_heads.h"

#include <algorithm>
#include <vector>

namespace can::mf4 {
namespace {

/// The bits of a record, from its start, that the head of a frame depends on; none where it depends
/// on the number of the record, too.
std::optional<std::vector<std::uint64_t>> bits_of_head(const FrameFields& fields) {
  std::vector<std::uint64_t> bits;
  for (const Field* field : {&fields.channel, &fields.extended, &fields.dlc, &fields.length,
                             &fields.direction, &fields.fd, &fields.brs, &fields.esi})
    if (!field->add_bits(bits)) return std::nullopt;
  std::ranges::sort(bits);
  return bits;
}

std::span<const char> payload_of(const FrameFields& fields, const char* record) {
  const bool none = fields.place == PayloadPlace::none;
  return {record + fields.payload.byte(), none ? 0 : fields.payload.bytes()};
}

}  // namespace

FrameHeads::FrameHeads(const FrameFields& fields, const std::array<Word, 2>& words)
    : fields_(fields), words_(words), id_(fields.id.bits()), payload_(fields.payload.byte()) {}

std::unique_ptr<FrameHeads> FrameHeads::of(const FrameFields& fields) {
  const bool in_record = fields.place == PayloadPlace::none ||
                         (fields.place == PayloadPlace::record && fields.payload.always_valid());
  if (fields.kind != FrameKind::data || !fields.id.plain() || !in_record) return nullptr;
  const auto words = words_of(fields);
  return words ? std::unique_ptr<FrameHeads>(new FrameHeads(fields, *words)) : nullptr;
}

/// Each word begins with the first byte that isn't in the one before.
std::optional<std::array<FrameHeads::Word, 2>> FrameHeads::words_of(const FrameFields& fields) {
  const auto bits = bits_of_head(fields);
  if (!bits) return std::nullopt;
  std::array<Word, 2> words;
  auto bit = bits->begin();
  for (Word& word : words) {
    if (bit == bits->end()) return words;
    word.byte = static_cast<std::uint32_t>(*bit / 8);
    for (; bit != bits->end() && *bit < 8 * (std::uint64_t{word.byte} + 8); ++bit)
      word.mask |= std::uint64_t{1} << (*bit - 8 * std::uint64_t{word.byte});
  }
  return bit == bits->end() ? std::optional(words) : std::nullopt;
}

void FrameHeads::learn(const char* record, NumberedChannels& channels, Head& head) {
  const auto payload = payload_of(fields_, record);
  Message frame;
  mf4::decode(fields_, record, 0, payload, channels, frame);
  head.payload_size = static_cast<std::uint8_t>(payload_size(fields_, record, 0, payload, frame));
  for (const bool extended : {false, true}) {
    frame.extended = extended || fields_.extended.value(record, 0, 0) != 0;
    std::memcpy(head.frames[extended], &frame, kHeadSize);
  }
  head.first = words_[0].of(record);
  head.second = words_[1].of(record);
  head.known = true;
}

}  // namespace can::mf4
