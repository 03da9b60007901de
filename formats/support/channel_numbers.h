// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "libcan/model/channel.h"

namespace can {

/// Gives each channel of a log a number from 1, for formats that hold no names. A channel gets the
/// number in its own name ("2" and "can1" get 2, and are the same) unless another channel has it;
/// else the lowest free one. No channel is number 1 without taking it from anybody.
class ChannelNumbers {
 public:
  unsigned number(Channel channel) {
    if (const std::uint16_t known = numbers_[channel]) return known;
    const std::uint16_t number =
        assign(channel);  // may ask for another channel's, and grow the table
    return numbers_[channel] = number;
  }

 private:
  std::uint16_t assign(Channel channel);

  SameChannels same_;
  ChannelTable<std::uint16_t> numbers_;  // 0: none yet
  std::vector<bool> taken_;              // by number
};

/// Gives each channel the name of a network interface, for formats that can-utils read: its own
/// where that could be one (1 to 15 characters, no blank, '/' or ':'), "can0" for 1 and for none,
/// else its own with '_' in place of what can't stand there. Two channels never get the same name.
class InterfaceNames {
 public:
  std::string_view name(Channel channel) {
    std::string& name = names_[channel];
    if (name.empty()) name = assign(channel);
    return name;
  }

 private:
  std::string assign(Channel channel);

  ChannelTable<std::string> names_;  // "": none yet
  std::unordered_map<std::string, Channel> owners_;
};

/// The channel with this number, as a log that numbers them from 1 has it: "1".
class NumberedChannels {
 public:
  Channel channel(unsigned number) {
    return number < kCached && cache_[number] ? cache_[number] : find(number);
  }

 private:
  static constexpr unsigned kCached = 16;
  Channel find(unsigned number);
  Channel cache_[kCached];
};

}  // namespace can
