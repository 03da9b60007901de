// SPDX-License-Identifier: MIT
#include "libcan/canb/kinds.h"

#include <algorithm>
#include <numeric>

#include "libcan/canb/canb.h"

namespace can::canb {

Kinds::Kinds() : slots_(kSlots) {
  static_assert(kSlots > 2 * kMaxFrames);
  numbers_.reserve(kMaxFrames);
}

void Kinds::add(std::uint64_t kind) {
  constexpr int kHashBits = 12;
  static_assert(std::size_t{1} << kHashBits == kSlots);
  std::size_t slot = kind * 0x9E37'79B9'7F4A'7C15 >> (64 - kHashBits);
  while (slots_[slot] != 0 && keys_[slots_[slot] - 1u] != kind) slot = (slot + 1) % kSlots;
  if (slots_[slot] == 0) {
    keys_.push_back(kind);
    slots_[slot] = static_cast<std::uint16_t>(keys_.size());
  }
  numbers_.push_back(static_cast<std::uint16_t>(slots_[slot] - 1));
}

void Kinds::sort() {
  std::vector<std::uint16_t> order(keys_.size()), ranks(keys_.size());
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::ranges::sort(order, {}, [this](std::uint16_t number) { return keys_[number]; });
  for (std::size_t rank = 0; rank < order.size(); ++rank)
    ranks[order[rank]] = static_cast<std::uint16_t>(rank);
  for (std::uint16_t& number : numbers_) number = ranks[number];
  std::sort(keys_.begin(), keys_.end());
}

}  // namespace can::canb
