// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cansuite/channel.h"

namespace can::npz {

/// The header of an array's file: "<f8", rows, and " 64" for rows of 64 columns.
std::string array_head(std::string_view type, std::uint64_t rows, std::string_view columns = "");

/// The names of channels, as rows of an array: all have the width of the longest one, which is
/// known at the end only.
class ChannelNames {
 public:
  std::uint16_t index_of(Channel channel);
  /// The type of the array: "<U4".
  std::string type() const;
  /// Appends the name's row: characters of four bytes.
  void append(std::uint16_t index, std::vector<std::uint32_t>& characters) const;

 private:
  ChannelTable<std::uint16_t> numbers_;  // index plus 1
  std::vector<Channel> names_;
  std::size_t width_ = 1;  // a name has at most as many characters as bytes
};

}  // namespace can::npz
