// SPDX-License-Identifier: MIT
#include "formats/support/channel_numbers.h"

#include <fmt/core.h>

#include "libcan/model/ascii.h"

namespace can {
namespace {

constexpr std::size_t kLongestInterface = 15;  // IFNAMSIZ less the zero

bool may_stand_in_interface(char c) {
  return c > ' ' && c < 0x7F && c != '/' && c != ':' && c != '#';
}

std::string interface_name(Channel channel) {
  std::string name(channel.name());
  if (name.empty() || is_number(name))
    return channel && channel.number() == 0
               ? "ch" + name.substr(0, kLongestInterface - 2)
               : fmt::format("can{}", channel ? channel.number() - 1 : 0);
  for (char& c : name)
    if (!may_stand_in_interface(c)) c = '_';
  return name.substr(0, kLongestInterface);
}

}  // namespace

std::uint16_t ChannelNumbers::assign(Channel channel) {
  if (!channel) return without_;
  if (const Channel first = same_.first(channel); first != channel)
    return static_cast<std::uint16_t>(this->number(first));
  const auto is_taken = [this](unsigned n) { return n < taken_.size() && taken_[n]; };
  unsigned number = channel.number();
  if (number == 0 || is_taken(number))
    for (number = 1; is_taken(number);) ++number;
  if (taken_.size() <= number) taken_.resize(number + 1);
  taken_[number] = true;
  return static_cast<std::uint16_t>(number);
}

std::string InterfaceNames::assign(Channel channel) {
  const std::string wish = interface_name(channel);
  if (!channel) return wish;
  std::string name = wish;
  for (int copy = 2;; ++copy) {
    const auto [owner, is_new] = owners_.try_emplace(name, channel);
    if (is_new || same_channel(owner->second, channel)) return name;
    const std::string suffix = fmt::format("_{}", copy);
    name = wish.substr(0, kLongestInterface - suffix.size()) + suffix;
  }
}

Channel NumberedChannels::find(unsigned number) {
  const Channel channel(std::to_string(number));
  if (number < kCached) cache_[number] = channel;
  return channel;
}

}  // namespace can
