// SPDX-License-Identifier: MIT
#include "libcan/model/candump_argument.h"

#include <algorithm>
#include <charconv>

#include "libcan/model/fail.h"
#include "libcan/model/frame_bits.h"

namespace can {
namespace {

constexpr Filter kMatchesNothing{.inverted = true};  // a mask of 0 matches everything

std::uint32_t parse_error_mask(std::string_view text) {
  std::uint32_t mask = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + 1, end, mask, 16);
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    fail(Errc::invalid, "expected an error mask as #1FFFFFFF, got {}", quote(text));
  return mask & kExtendedIdMask;
}

/// Narrows `kind` to `other`. False if no frame is of both kinds.
bool narrow(std::optional<bool>& kind, std::optional<bool> other) {
  if (!kind) kind = other;
  return kind == other || !other;
}

/// The filter that matches what both plain filters match.
Filter both(Filter a, const Filter& b) {
  const bool possible = ((a.id ^ b.id) & a.mask & b.mask) == 0 && narrow(a.extended, b.extended) &&
                        narrow(a.remote, b.remote);
  if (!possible) return kMatchesNothing;
  a.id = (a.id & a.mask) | (b.id & b.mask);
  a.mask |= b.mask;
  return a;
}

/// One filter instead of all plain ones.
void join(Filters& filters) {
  const auto plain = std::stable_partition(filters.begin(), filters.end(),
                                           [](const Filter& filter) { return filter.inverted; });
  if (plain == filters.end()) return;
  Filter joined = *plain;
  for (auto next = plain + 1; next != filters.end() && !joined.inverted; ++next)
    joined = both(joined, *next);
  filters.erase(plain, filters.end());
  filters.push_back(joined);
}

}  // namespace

FilteredChannel parse_candump_argument(std::string_view text) {
  std::size_t end = std::min(text.find(','), text.size());
  FilteredChannel parsed{.channel = std::string(text.substr(0, end))};
  if (parsed.channel.empty()) fail(Errc::invalid, "expected a channel, got {}", quote(text));
  bool joined = false;
  for (std::size_t at = end + 1; at <= text.size(); at = end + 1) {
    end = std::min(text.find(',', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    if (part == "j" || part == "J")
      joined = true;
    else if (part.starts_with('#'))
      parsed.error_mask = parse_error_mask(part);
    else
      parsed.filters.push_back(parse_filter(part));
  }
  if (joined) join(parsed.filters);
  return parsed;
}

}  // namespace can
