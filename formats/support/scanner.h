// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "formats/support/word_at.h"
#include "libcan/model/ascii.h"

namespace can {

/// Reads one line of text from left to right. All functions stay inside it. go_back() returns to an
/// earlier place; that costs less than a copy of the scanner.
class Scanner {
 public:
  explicit Scanner(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}

  bool done() const { return at_ == end_; }
  char peek() const { return at_ == end_ ? '\0' : *at_; }
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  /// The text read since rest() was `before`.
  std::string_view read_since(std::string_view before) const {
    return before.substr(0, before.size() - rest().size());
  }
  void go_back(std::string_view before) { at_ = before.data(); }  ///< to where rest() was `before`
  void skip(std::size_t count) { at_ += std::min(count, rest().size()); }

  bool accept(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  /// Reads exactly this text. A literal is compared without a call.
  template <std::size_t kSize>
  bool accept(const char (&text)[kSize]) {
    constexpr std::size_t kLength = kSize - 1;
    if (rest().size() < kLength || !text_detail::is_same<kLength>(at_, text)) return false;
    at_ += kLength;
    return true;
  }
  void skip_blanks() {
    if (at_ == end_ || static_cast<unsigned char>(*at_) > ' ') return;
    if (*at_ == ' ' && end_ - at_ >= 2 && static_cast<unsigned char>(at_[1]) > ' ') {
      ++at_;  // one blank, the usual case
      return;
    }
    while (end_ - at_ >= 8) {
      const std::uint64_t others = text_detail::word_at(at_) ^ text_detail::each(' ');
      at_ += std::countr_zero(others) / 8;
      if (others != 0) break;
    }
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
  }
  /// Reads up to the next blank or tab, and the blanks behind it. "" at the end.
  std::string_view read_word() {
    const char* start = at_;
    while (end_ - at_ >= 8) {
      const std::uint64_t blanks = text_detail::blanks_in(text_detail::word_at(at_));
      at_ += std::countr_zero(blanks) / 8;
      if (blanks != 0) break;
    }
    while (at_ != end_ && *at_ != ' ' && *at_ != '\t') ++at_;
    const std::string_view word(start, static_cast<std::size_t>(at_ - start));
    skip_blanks();
    return word;
  }
  /// Reads up to `separator`, which is skipped, or to the end.
  std::string_view read_until(char separator) {
    const char* const start = at_;
    const char* const stop = find(separator);
    at_ = stop == end_ ? end_ : stop + 1;
    return {start, static_cast<std::size_t>(stop - start)};
  }

  /// Reads 1 to 19 decimal digits. False for no digit or a value above `max`.
  bool read_decimal(std::uint64_t& value, std::uint64_t max = UINT64_MAX) {
    using namespace text_detail;
    if (at_ != end_ && is_digit(*at_) && (end_ - at_ == 1 || !is_digit(at_[1]))) {
      value = digit(*at_++);
      return value <= max;
    }
    if (end_ - at_ < 8) return read_long_decimal(value, max);
    const std::uint64_t word = word_at(at_);
    const int digits = leading_digits(word);
    if (digits == 0 || digits == 8) return read_long_decimal(value, max);
    value = eight_digits(word << (8 - digits) * 8);
    at_ += digits;
    return value <= max;
  }

  /// Reads seconds with an optional sign and any number of decimals, or none, behind the `point`.
  /// Digits after the ninth are ignored. False for no number or more than 292 years.
  bool read_seconds(std::chrono::nanoseconds& out, char point = '.');

  /// Reads 1 to 9 decimals behind a decimal point, as nanoseconds. The point is the last of the
  /// next `whole` characters, which are read, too. False, with nothing read, for no digits or more,
  /// and near the end of the line.
  bool read_decimals(std::size_t whole, std::chrono::nanoseconds& out) {
    using namespace text_detail;
    if (rest().size() < whole + 10) return false;
    const char* at = at_ + whole;
    const std::uint64_t word = word_at(at);
    const int digits = leading_digits(word);
    if (digits == 0) return false;
    std::uint64_t nanos = eight_digits(word << (8 - digits) * 8) * kPowers[8 - digits] * 10;
    at += digits;
    if (digits == 8 && is_digit(*at)) nanos += digit(*at++);
    if (is_digit(*at)) return false;
    out = std::chrono::nanoseconds(static_cast<std::int64_t>(nanos));
    at_ = at;
    return true;
  }

 private:
  bool read_long_decimal(std::uint64_t& value, std::uint64_t max);
  std::size_t read_digits(std::uint64_t& value);

  /// The first `wanted`, or the end. It mostly is nearer than a call of memchr pays for.
  const char* find(char wanted) const {
    const char* from = at_;
    if (end_ - from >= 8) {
      const std::uint64_t found = text_detail::lowest_zero(
          text_detail::word_at(from) ^ text_detail::each(static_cast<unsigned char>(wanted)));
      from += std::countr_zero(found) / 8;
      if (found != 0) return from;
    }
    const void* found = std::memchr(from, wanted, static_cast<std::size_t>(end_ - from));
    return found ? static_cast<const char*>(found) : end_;
  }

  const char* at_;
  const char* end_;
};

/// The number that `text` is. False for anything else and for a value above `max`.
bool parse_decimal(std::string_view text, std::uint64_t max, std::uint64_t& value);
bool parse_hex(std::string_view text, std::uint64_t max, std::uint64_t& value);  ///< no prefix

/// As Scanner::read_seconds, also with an exponent: Python writes small numbers as "1e-05".
bool parse_seconds(std::string_view text, std::chrono::nanoseconds& out);

}  // namespace can
