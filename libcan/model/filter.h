// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/model/message.h"

namespace can {

/// Matches a message whose id equals `id` in the bits set in `mask`, and which has that id length
/// and is a remote frame or not where these are set; any other message when inverted.
struct Filter {
  std::uint32_t id = 0;
  std::uint32_t mask = 0;
  std::optional<bool> extended{};
  bool inverted = false;
  std::optional<bool> remote{};

  bool matches(const Message& m) const {
    const bool same = ((m.id ^ id) & mask) == 0 && extended.value_or(m.extended) == m.extended &&
                      remote.value_or(m.remote) == m.remote;
    return same != inverted;
  }
  bool operator==(const Filter&) const = default;
};

using Filters = std::vector<Filter>;

/// "7E8:7FF" or, inverted, "7E8~7FF"; hexadecimal. An id of 8 digits makes the filter one for
/// extended ids, as in candump. The words standard, extended, data and remote say which frames are
/// meant: alone, or in front: "standard:7E8:7FF".
///
/// As in candump the mask may have bits above the id's: 31, only ids as long as this one; 30, only
/// remote frames where the id has that bit, too, else only data frames; 29 changes nothing.
/// Source: struct can_filter in linux/can.h.
///
/// Throws Errc::invalid with the column.
Filter parse_filter(std::string_view text);

/// All the filters of several texts, each one or more of them, separated by commas or blanks.
/// Throws Errc::invalid; also for a text without a filter.
Filters parse_filters(std::span<const std::string> texts);

/// What parse_filter() makes the same of.
std::string to_string(const Filter& filter);

/// No filters let everything through. Else a message passes when any of the plain ones matches (or
/// there is none) and all of the inverted ones do: "not 123, not 124" is what two inverted filters
/// mean to people, where any-of would let everything through. Error frames always pass: they have
/// no id.
bool matches(std::span<const Filter> filters, const Message& message);

}  // namespace can
