// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "cansuite/channel.h"

namespace can {

/// Assigns each channel of a log a number from 1, for formats without names. A channel gets the
/// number in its name ("2" and "can1", the same channel, get 2) unless another channel has that
/// number; then it gets the lowest free one. Messages without a channel get `without`, which
/// another channel may have, too.
class ChannelNumbers {
 public:
  explicit ChannelNumbers(std::uint16_t without = 1) : without_(without) {}

  unsigned number(Channel channel) {
    if (const std::uint16_t known = numbers_[channel]) return known;
    const std::uint16_t number = assign(channel);  // may call number() and grow the table
    return numbers_[channel] = number;
  }

 private:
  std::uint16_t assign(Channel channel);

  const std::uint16_t without_;
  SameChannels same_;
  ChannelTable<std::uint16_t> numbers_;  // 0: not assigned
  std::vector<bool> taken_;              // indexed by number
};

/// Assigns each channel the name of a network interface, for formats that can-utils read. A name
/// that can be one (1 to 15 characters, no blank, '/', ':' or '#') stays, with '_' for each other
/// character. A number n becomes "can" and n - 1, no channel "can0". Different channels never get
/// the same name.
class InterfaceNames {
 public:
  std::string_view name(Channel channel) {
    std::string& name = names_[channel];
    if (name.empty()) name = assign(channel);
    return name;
  }

 private:
  std::string assign(Channel channel);

  ChannelTable<std::string> names_;  // "": not assigned
  std::unordered_map<std::string, Channel> owners_;
};

/// The channels of a log that numbers them from 1, named "1", "2" and so on.
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
