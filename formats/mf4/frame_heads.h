// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

#include "cansuite/message.h"
#include "formats/mf4/decode.h"
#include "libcan/model/bytes.h"

namespace can::mf4 {

/// Decodes the data frames of a group as decode() does, at a fraction of its cost. What a frame is
/// but for time, id and data bytes follows from a few bits of its record, and a log has few values
/// of them: the head of a frame, which decode() makes once. For one thread.
class FrameHeads {
 public:
  /// Null for a group that has to be decoded field by field: its id isn't a plain number, the data
  /// bytes are outside of the record, or those bits are more than two words of 64 bits.
  static std::unique_ptr<FrameHeads> of(const FrameFields& fields);

  void decode(const char* record, NumberedChannels& channels, Message& out) {
    const std::uint64_t first = words_[0].of(record), second = words_[1].of(record);
    Head& head = heads_[slot(first, second)];
    if (!head.known || head.first != first || head.second != second) learn(record, channels, head);
    const std::int64_t id = id_.of(record);
    std::memcpy(static_cast<void*>(&out), head.frames[is_extended(id)], kHeadSize);
    out.id = static_cast<std::uint32_t>(id & kExtendedIdMask);
    set_payload(record + payload_, head.payload_size, out);
  }

 private:
  struct Word {
    std::uint32_t byte = 0;
    std::uint64_t mask = 0;
    std::uint64_t of(const char* record) const { return get<std::uint64_t>(record + byte) & mask; }
  };
  static constexpr std::size_t kHeadSize = offsetof(Message, data);
  struct alignas(64) Head {
    std::uint64_t first = 0, second = 0;  // values of the words
    bool known = false;
    std::uint8_t payload_size = 0;
    char frames[2][kHeadSize];  // of an id that doesn't say "extended", and one that does
  };
  static constexpr std::size_t kHeads = 32;  // a power of two

  FrameHeads(const FrameFields& fields, const std::array<Word, 2>& words);

  static std::optional<std::array<Word, 2>> words_of(const FrameFields& fields);
  static std::size_t slot(std::uint64_t first, std::uint64_t second) {
    constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;  // spreads the bits to the highest ones
    return (first * kGolden + second) * kGolden / (~std::uint64_t{0} / kHeads + 1);
  }
  void learn(const char* record, NumberedChannels& channels, Head& head);

  const FrameFields& fields_;
  const std::array<Word, 2> words_;
  const Bits id_;
  const std::size_t payload_;  // offset in the record
  std::array<Head, kHeads> heads_;
};

}  // namespace can::mf4
