// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "cansuite/channel.h"

namespace can::remote {

/// The numbers, 1 to 255, of the channels in the frames of one connection of version 64.
class ChannelNumbers {
 public:
  /// The number of `channel`; 0: none.
  std::uint8_t find(Channel channel) const {
    for (std::uint8_t i = 0; i < count_; ++i)
      if (known_[i] == channel) return static_cast<std::uint8_t>(i + 1);
    return 0;
  }

  /// Gives `channel` the next number and returns it; 0 if none is free.
  std::uint8_t add(Channel channel) {
    if (count_ == known_.size()) return 0;
    known_[count_] = channel;
    return ++count_;
  }

 private:
  std::array<Channel, 255> known_{};
  std::uint8_t count_ = 0;
};

}  // namespace can::remote
