// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cansuite/filter.h"

namespace can {

/// A channel with its filters.
struct FilteredChannel {
  std::string channel;
  Filters filters{};
  std::optional<std::uint32_t> error_mask{};  ///< error frames, as in linux/can/error.h
};

/// Reads an argument of candump, "can0,123:7FF,400~700,#FFFFFFFF,j": a channel, then filters as in
/// parse_filter(), "#" with an error mask of 8 hexadecimal digits at most, and "j". With "j" a
/// message has to match all filters. Without it, plain filters are or-ed; inverted ones are and-ed
/// always, unlike in candump. Source: the usage text of candump.
/// Throws Errc::invalid.
FilteredChannel parse_candump_argument(std::string_view text);

}  // namespace can
