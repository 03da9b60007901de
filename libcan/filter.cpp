// SPDX-License-Identifier: MIT
#include "libcan/filter.h"

#include <algorithm>
#include <charconv>

#include "libcan/error.h"

namespace can {
namespace {

bool parse_hex(std::string_view digits, std::uint32_t most, std::uint32_t& value) {
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value, 16);
  return parsed.ec == std::errc{} && parsed.ptr == end && value <= most;
}

}  // namespace

Filter parse_filter(std::string_view text) {
  const std::size_t sign = text.find_first_of(":~");
  Filter filter;
  if (sign == text.npos)
    fail(Errc::invalid, "expected a filter as ID:MASK or ID~MASK, got {}", quote(text));
  if (!parse_hex(text.substr(0, sign), kExtendedIdMask, filter.id))
    fail(Errc::invalid, "filter {}: expected an id in hexadecimal, at most 1FFFFFFF, at column 1",
         quote(text));
  if (!parse_hex(text.substr(sign + 1), 0xFFFFFFFF, filter.mask))
    fail(Errc::invalid, "filter {}: expected a mask in hexadecimal at column {}", quote(text),
         sign + 2);
  filter.inverted = text[sign] == '~';
  if (sign == 8) filter.extended = true;
  return filter;
}

Filters parse_filters(std::span<const std::string> texts) {
  constexpr std::string_view kSeparators = ", \t";
  Filters filters;
  for (const std::string& text : texts) {
    std::size_t at = text.find_first_not_of(kSeparators);
    if (at == text.npos) parse_filter(text);  // says what is expected
    while (at < text.size()) {
      const std::size_t end = std::min(text.find_first_of(kSeparators, at), text.size());
      filters.push_back(parse_filter(std::string_view(text).substr(at, end - at)));
      at = text.find_first_not_of(kSeparators, end);
    }
  }
  return filters;
}

std::string to_string(const Filter& filter) {
  return fmt::format(fmt::runtime(filter.extended.value_or(false) ? "{:08X}{}{:X}" : "{:X}{}{:X}"),
                     filter.id, filter.inverted ? '~' : ':', filter.mask);
}

bool matches(std::span<const Filter> filters, const Message& message) {
  if (message.error) return true;
  bool any_plain = false, plain_matched = false;
  for (const Filter& filter : filters) {
    const bool matched = filter.matches(message);
    if (filter.inverted && !matched) return false;
    any_plain |= !filter.inverted;
    plain_matched |= !filter.inverted && matched;
  }
  return !any_plain || plain_matched;
}

}  // namespace can
