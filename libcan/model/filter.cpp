// SPDX-License-Identifier: MIT
#include "cansuite/filter.h"

#include <algorithm>
#include <charconv>

#include "libcan/model/fail.h"
#include "libcan/model/frame_bits.h"

namespace can {
namespace {

/// Reads one filter, left to right.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Filter parse() {
    while (read_word())
      if (at_ == text_.size() && text_.back() != ':') return filter_;
    const std::size_t sign = text_.find_first_of(":~", at_);
    if (sign == text_.npos)
      fail(Errc::invalid, "expected a filter as ID:MASK, ID~MASK or standard:ID:MASK, got {}",
           quote(text_));
    const std::uint32_t id = number(at_, sign, "an id");
    const std::uint32_t mask = number(sign + 1, text_.size(), "a mask");
    filter_.inverted = text_[sign] == '~';
    if (sign - at_ == 8) restrict(filter_.extended, true);
    use_flags(id, mask);
    filter_.id = id & kExtendedIdMask;
    filter_.mask = mask & kExtendedIdMask;
    return filter_;
  }

 private:
  /// "standard", with the colon behind it.
  bool read_word() {
    const std::size_t end = std::min(text_.find(':', at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    if (word == "standard" || word == "extended")
      restrict(filter_.extended, word == "extended");
    else if (word == "data" || word == "remote")
      restrict(filter_.remote, word == "remote");
    else
      return false;
    at_ = std::min(end + 1, text_.size());
    return true;
  }

  std::uint32_t number(std::size_t begin, std::size_t end, std::string_view what) const {
    std::uint32_t value = 0;
    const char* const last = text_.data() + end;
    const auto parsed = std::from_chars(text_.data() + begin, last, value, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != last)
      fail(Errc::invalid, "filter {}: expected {} in hexadecimal, at most 8 digits, at column {}",
           quote(text_), what, begin + 1);
    return value;
  }

  void use_flags(std::uint32_t id, std::uint32_t mask) {
    if ((id & ~kExtendedIdMask & ~(kExtendedIdFlag | (mask & kRemoteIdFlag))) != 0)
      fail(Errc::invalid, "filter {}: expected an id of at most 1FFFFFFF at column {}",
           quote(text_), at_ + 1);
    if ((mask & kExtendedIdFlag) != 0 && !filter_.extended) filter_.extended = false;
    if ((mask & kRemoteIdFlag) != 0) restrict(filter_.remote, (id & kRemoteIdFlag) != 0);
  }

  void restrict(std::optional<bool>& kind, bool value) const {
    if (kind.value_or(value) != value)
      fail(Errc::invalid, "filter {}: no frame is of both kinds", quote(text_));
    kind = value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Filter filter_;
};

}  // namespace

Filter parse_filter(std::string_view text) { return Parser(text).parse(); }

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
  std::string text;
  if (filter.extended == false) text += "standard:";
  if (filter.remote) text += *filter.remote ? "remote:" : "data:";
  return text + fmt::format(fmt::runtime(filter.extended == true ? "{:08X}{}{:X}" : "{:X}{}{:X}"),
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
