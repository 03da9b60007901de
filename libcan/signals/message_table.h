// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "cansuite/signals.h"

namespace can::signals {

/// The parameter group number of a 29-bit id: without priority and source, and without the
/// destination where it has one (PDU1). Source: SAE J1939-21.
constexpr std::uint32_t parameter_group(std::uint32_t id) {
  const std::uint32_t group = id >> 8 & 0x3FFFF;
  return (id >> 16 & 0xFF) < 240 ? group & 0x3FF00 : group;
}

/// Finds the number of a message by its id, exactly, else by its parameter group.
class MessageTable {
 public:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  /// The number of a message is `first` and its place in the database.
  MessageTable(const Database& database, std::uint32_t first);

  /// kNone where the database has no such message.
  std::uint32_t find(std::uint32_t id, bool extended) const {
    if (!extended) return id < standard_.size() ? standard_[id] : kNone;
    const std::uint32_t exact = extended_.find(id);
    return exact == kNone ? groups_.find(parameter_group(id)) : exact;
  }

 private:
  /// Numbers by key, in a table that is at most half full.
  class Numbers {
   public:
    void reserve(std::size_t count);
    void add(std::uint32_t key, std::uint32_t number);  ///< keeps a number that is there
    std::uint32_t find(std::uint32_t key) const {
      std::size_t at = place(key);
      while (slots_[at].number != kNone && slots_[at].key != key) at = (at + 1) & mask();
      return slots_[at].number;
    }

   private:
    struct Slot {
      std::uint32_t key = 0, number = kNone;
    };
    std::size_t mask() const { return slots_.size() - 1; }
    std::size_t place(std::uint32_t key) const { return (key * 0x9E3779B1u >> 8) & mask(); }

    std::vector<Slot> slots_{2};
  };

  std::array<std::uint32_t, kStandardIdMask + 1> standard_;
  Numbers extended_, groups_;
};

}  // namespace can::signals
