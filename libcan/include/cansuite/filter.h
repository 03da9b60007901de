// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/message.h"

namespace can {

/// A filter by id and kind of frame. It matches a message whose id equals `id` in the bits of
/// `mask`, with that length of id where `extended` is set, and that kind where `remote` is set. An
/// inverted filter matches all other messages.
struct Filter {
  std::uint32_t id = 0;            ///< 0 to 1FFFFFFF
  std::uint32_t mask = 0;          ///< bits of the id that are compared
  std::optional<bool> extended{};  ///< ids of 29 bits only, of 11 bits only, any
  bool inverted = false;           ///< matches what it would not
  std::optional<bool> remote{};    ///< remote frames only, data frames only, any

  /// Whether this filter alone passes the message, an error frame as any other.
  bool matches(const Message& m) const {
    const bool same = ((m.id ^ id) & mask) == 0 && extended.value_or(m.extended) == m.extended &&
                      remote.value_or(m.remote) == m.remote;
    return same != inverted;
  }
  bool operator==(const Filter&) const = default;  ///< all fields
};

/// Filters of one bus or one selection, as matches() combines them.
using Filters = std::vector<Filter>;

/// Reads "7E8:7FF" or, inverted, "7E8~7FF", in hexadecimal. An id of 8 digits restricts the filter
/// to extended ids, as in candump. The words standard, extended, data and remote restrict the kind
/// of frame: alone, or in front as in "standard:7E8:7FF".
///
/// As in candump the mask may have bits above those of an id. Bit 31: only ids as long as this one.
/// Bit 30: only remote frames where the id has that bit, else only data frames. Bit 29: no effect.
/// Source: struct can_filter in linux/can.h.
///
/// Throws Errc::invalid with the column.
Filter parse_filter(std::string_view text);

/// Reads texts of one or more filters each, separated by commas or blanks. Throws Errc::invalid,
/// also for a text without a filter.
Filters parse_filters(std::span<const std::string> texts);

/// The text of a filter; parse_filter() reads it back.
std::string to_string(const Filter& filter);

/// Whether a message passes: it matches any plain filter (or there is none) and all inverted ones.
/// So "not 123, not 124" excludes both. Without filters every message passes. Error frames always
/// pass: they have no id.
bool matches(std::span<const Filter> filters, const Message& message);

}  // namespace can
