// SPDX-License-Identifier: MIT
#include "formats/npz/channel_names.h"

#include <fmt/core.h>

#include <algorithm>

#include "libcan/model/utf8.h"

namespace can::npz {

std::string array_head(std::string_view type, std::uint64_t rows, std::string_view columns) {
  constexpr std::size_t kMagic = 10, kAlign = 64;
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({},{}), }}",
                                 type, rows, columns);
  text.append(kAlign - (kMagic + text.size() + 1) % kAlign, ' ').push_back('\n');
  std::string head("\x93NUMPY\x01\x00", 8);
  head += static_cast<char>(text.size() & 0xFF);
  head += static_cast<char>(text.size() >> 8);
  return head + text;
}

std::uint16_t ChannelNames::index_of(Channel channel) {
  std::uint16_t& number = numbers_[channel];
  if (number == 0) {
    names_.push_back(channel);
    number = static_cast<std::uint16_t>(names_.size());
    width_ = std::max(width_, channel.name().size());
  }
  return static_cast<std::uint16_t>(number - 1);
}

std::string ChannelNames::type() const { return fmt::format("<U{}", width_); }

void ChannelNames::append(std::uint16_t index, std::vector<std::uint32_t>& characters) const {
  std::string_view name = names_[index].name();
  for (std::size_t at = 0; at < width_; ++at)
    characters.push_back(name.empty() ? 0 : static_cast<std::uint32_t>(read_utf8(name)));
}

}  // namespace can::npz
