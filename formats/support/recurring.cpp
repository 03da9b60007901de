// SPDX-License-Identifier: MIT
#include "formats/support/recurring.h"

#include <cstring>

namespace can {
namespace {

constexpr std::uint64_t low_bytes(std::size_t count) {
  return count >= 8 ? UINT64_MAX : (std::uint64_t{1} << count * 8) - 1;
}

}  // namespace

void RecurringText::remember(std::string_view text) {
  size_ = text.size() <= sizeof text_ ? text.size() : 0;
  text.copy(text_, size_);
  first_ = text_detail::word_at(text_);
  second_ = text_detail::word_at(text_ + kWord);
  first_mask_ = low_bytes(size_);
  second_mask_ = size_ > kWord ? low_bytes(size_ - kWord) : 0;
}

bool SecondsReader::read_anew(Scanner& line, std::chrono::nanoseconds& out) {
  const std::string_view text = line.rest();
  if (!line.read_seconds(out)) return false;
  const std::string_view taken = line.read_since(text);
  const std::size_t point = taken.find('.');
  // Decimals count backwards before 0, so negative times, which are rare, are not remembered.
  if (point == taken.npos || taken.starts_with('-')) return true;
  whole_.remember(taken.substr(0, point + 1));
  start_ = std::chrono::floor<std::chrono::seconds>(out);
  return true;
}

}  // namespace can
