// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cansuite/message.h"
#include "libcan/model/frame_bits.h"

namespace can::canb {

/// Messages of a kind differ in their times and data only. The key orders kinds by channel and id.
constexpr std::uint64_t kind_of(const Message& m, std::uint8_t channel) {
  return std::uint64_t{channel} << 56 | std::uint64_t{m.id} << 24 |
         std::uint64_t{message_flags(m)} << 16 | std::uint64_t{m.length} << 8 | m.raw_dlc;
}

constexpr std::uint8_t channel_of(std::uint64_t kind) {
  return static_cast<std::uint8_t>(kind >> 56);
}
constexpr std::uint32_t id_of(std::uint64_t kind) { return static_cast<std::uint32_t>(kind >> 24); }
constexpr std::uint8_t flags_of(std::uint64_t kind) {
  return static_cast<std::uint8_t>(kind >> 16);
}
constexpr std::uint8_t length_of_kind(std::uint64_t kind) {
  return static_cast<std::uint8_t>(kind >> 8);
}
constexpr std::uint8_t raw_dlc_of(std::uint64_t kind) { return static_cast<std::uint8_t>(kind); }

/// Bytes of data of each message.
constexpr std::size_t payload_of(std::uint64_t kind) {
  constexpr std::uint8_t kRemote = message_flags({.remote = true});
  return flags_of(kind) & kRemote ? 0 : length_of_kind(kind);
}

/// The kinds of the messages of a batch.
class Kinds {
 public:
  Kinds();

  /// Adds the kind of the next message.
  void add(std::uint64_t kind);
  /// Numbers the kinds in ascending order.
  void sort();

  const std::vector<std::uint64_t>& keys() const { return keys_; }
  /// The number of each message's kind.
  const std::vector<std::uint16_t>& numbers() const { return numbers_; }

 private:
  static constexpr std::size_t kSlots = 4096;  // more than twice as many as a batch has kinds

  std::vector<std::uint16_t> slots_;  // hash table: index + 1 in keys_; 0: free
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint16_t> numbers_;
};

}  // namespace can::canb
