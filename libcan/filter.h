// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/message.h"

namespace can {

/// Lets a message through when its id equals `id` in the bits set in `mask`; the other way round
/// when inverted. With `extended` set, only messages of that id length pass.
struct Filter {
  std::uint32_t id = 0;
  std::uint32_t mask = 0;
  std::optional<bool> extended;
  bool inverted = false;

  bool matches(const Message& m) const {
    if (extended && *extended != m.extended) return inverted;
    return (((m.id ^ id) & mask) == 0) != inverted;
  }
  bool operator==(const Filter&) const = default;
};

using Filters = std::vector<Filter>;

/// "7E8:7FF" or, inverted, "7E8~7FF"; hexadecimal, the id up to 29 bits. An id of 8 digits makes
/// the filter one for extended ids, as in candump. Throws Errc::invalid with the column.
Filter parse_filter(std::string_view text);

/// All the filters of several texts, each one or more of them, separated by commas or blanks.
/// Throws Errc::invalid; also for a text without a filter.
Filters parse_filters(std::span<const std::string> texts);

std::string to_string(const Filter& filter);

/// No filters let everything through. Else a message passes when any of the plain ones matches (or
/// there is none) and all of the inverted ones do: "not 123, not 124" is what two inverted filters
/// mean to people, where any-of would let everything through. Error frames always pass: they have
/// no id.
bool matches(std::span<const Filter> filters, const Message& message);

}  // namespace can
