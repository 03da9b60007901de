// SPDX-License-Identifier: MIT
#include "formats/support/channel_numbers.h"

#include <algorithm>

namespace can {

std::uint16_t ChannelNumbers::assign(Channel channel) {
  if (!channel) return 1;
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
  constexpr std::size_t kLongest = 15;  // IFNAMSIZ less the zero
  const std::string_view own = channel.name();
  const bool valid =
      !own.empty() && own.size() <= kLongest && own.find_first_not_of("0123456789") != own.npos &&
      std::ranges::all_of(
          own, [](char c) { return c > ' ' && c < 0x7F && c != '/' && c != ':' && c != '#'; });
  return valid ? std::string(own) : "can" + std::to_string(numbers_.number(channel) - 1);
}

Channel NumberedChannels::find(unsigned number) {
  const Channel channel(std::to_string(number));
  if (number < kCached) cache_[number] = channel;
  return channel;
}

}  // namespace can
