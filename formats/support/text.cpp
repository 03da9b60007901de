// SPDX-License-Identifier: MIT
#include "formats/support/text.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "libcan/model/hex.h"

namespace can {
namespace {

constexpr std::size_t kBlock = 64 * 1024, kLongestLine = 1024 * 1024;
constexpr std::int64_t kNanos = 1'000'000'000;
constexpr std::uint64_t kMaxSeconds = INT64_MAX / kNanos - 1;

using text_detail::digit;
using text_detail::eight_digits;
using text_detail::is_digit;
using text_detail::kPowers;
using text_detail::leading_digits;

/// Of a decimal number, by so many places to the right.
void move_point(std::string& number, int places) {
  const std::size_t sign = number.starts_with('-') || number.starts_with('+') ? 1 : 0;
  std::size_t point = std::min(number.find('.'), number.size());
  if (point < number.size()) number.erase(point, 1);
  for (; places < 0; ++places)
    point == sign ? number.insert(sign, 1, '0') : number.insert(--point, 0, '0');
  for (; places > 0; --places)
    if (++point > number.size()) number += '0';
  number.insert(point, 1, '.');
  if (point == sign) number.insert(sign, 1, '0');
}

}  // namespace

bool LineReader::next_anew(std::string_view& line, bool wait) {
  if (std::exchange(put_back_, false)) {
    line = last_;
    return true;
  }
  for (std::size_t searched = 0;;) {
    const std::size_t there = end_ - begin_;
    const std::string_view text(buffer_.data() + begin_, there);
    const std::size_t newline = text.find(end_of_line_, searched);
    if (newline != text.npos || (ended_ && there > 0)) {
      deliver(line, newline != text.npos ? newline : there, newline != text.npos);
      return true;
    }
    if (ended_ || (!wait && !source_->ready())) return false;
    searched = number_ > 0 ? there : 0;
    if (there > kLongestLine) {
      begin_ = end_;  // what follows is behind the bad place
      fail(Errc::corrupt, "{}:{}: line longer than 1 MiB", name(), ++number_);
    }
    ended_ = !refill();
  }
}

void LineReader::fail_here(const Error& error) const {
  fail(Errc::corrupt, "{}: {}{}", where(), complete_ ? "" : "the last line is cut: ", error.what());
}

bool LineReader::refill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
  if (buffer_.size() < end_ + kBlock) buffer_.resize(end_ + kBlock);
  const std::size_t n = source_->read(std::span(buffer_).subspan(end_));
  end_ += n;
  if (number_ == 0) find_end_of_line();
  return n > 0;
}

/// A log in which no line ends with "\n" is one of an old Macintosh, or of a terminal.
void LineReader::find_end_of_line() {
  const std::string_view text(buffer_.data(), end_);
  const std::size_t end = text.find_first_of("\r\n");
  const std::size_t behind = end == text.npos ? end : text.find_first_not_of('\r', end);
  end_of_line_ = behind != text.npos && text[end] == '\r' && text[behind] != '\n' ? '\r' : '\n';
}

bool LineReader::at_hand() const {
  const std::string_view text(buffer_.data() + begin_, end_ - begin_);
  return put_back_ || ended_ || text.find(end_of_line_) != text.npos || source_->ready();
}

void TextWriter::put(std::string_view text) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, kBuffer / 2);
    advance(put_text(room(part.size()), part));
    text.remove_prefix(part.size());
  }
}

void TextWriter::drain() {
  if (used_ == 0) return;
  // Counted before the write: a sink that failed is not asked to write the same bytes again.
  const std::string_view bytes(buffer_.get(), std::exchange(used_, 0));
  size_ += bytes.size();
  sink_->write(bytes);
}

std::size_t Scanner::read_digits(std::uint64_t& value) {
  value = 0;
  const char* start = at_;
  while (end_ - at_ >= 8) {
    const std::uint64_t word = text_detail::word_at(at_);
    const int count = leading_digits(word);
    if (count == 0) return static_cast<std::size_t>(at_ - start);
    value = value * kPowers[count] + eight_digits(word << (8 - count) * 8);
    at_ += count;
    if (count < 8) return static_cast<std::size_t>(at_ - start);
  }
  for (; at_ != end_ && is_digit(*at_); ++at_) value = value * 10 + digit(*at_);
  return static_cast<std::size_t>(at_ - start);
}

bool Scanner::read_long_decimal(std::uint64_t& value, std::uint64_t limit) {
  const std::size_t digits = read_digits(value);
  return digits > 0 && digits < 20 && value <= limit;
}

bool Scanner::read_seconds(std::chrono::nanoseconds& out) {
  const bool negative = peek() == '-';
  if (negative || peek() == '+') ++at_;
  std::uint64_t whole = 0, fraction = 0;
  if (!read_decimal(whole, kMaxSeconds)) return false;
  if (accept('.')) {
    const char* start = at_;
    std::size_t digits = read_digits(fraction);
    if (digits > 9) {
      Scanner nine({start, 9});
      digits = nine.read_digits(fraction);
    }
    fraction *= digits == 9 ? 1 : kPowers[8 - digits] * 10;
  }
  const auto total =
      static_cast<std::int64_t>(whole) * kNanos + static_cast<std::int64_t>(fraction);
  out = std::chrono::nanoseconds(negative ? -total : total);
  return true;
}

bool parse_decimal(std::string_view text, std::uint64_t limit, std::uint64_t& value) {
  Scanner scanner(text);
  return scanner.read_decimal(value, limit) && scanner.done();
}

bool parse_hex(std::string_view text, std::uint64_t limit, std::uint64_t& value) {
  if (text.empty() || text.size() > 16) return false;
  value = 0;
  int flaws = 0;
  for (char c : text) {
    const int digit = hex_digit(c);
    flaws |= digit;
    value = value << 4 | static_cast<std::uint64_t>(digit & 15);
  }
  return flaws >= 0 && value <= limit;
}

bool parse_seconds(std::string_view text, std::chrono::nanoseconds& out) {
  constexpr int kMaxExponent = 40;
  const std::size_t end = std::min(text.find_first_of("eE"), text.size());
  std::string number(text.substr(0, end));
  if (end < text.size()) {
    text.remove_prefix(end + 1 + (text.substr(end + 1).starts_with('+') ? 1 : 0));
    int exponent = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() ||
        std::abs(exponent) > kMaxExponent)
      return false;
    move_point(number, exponent);
  }
  Scanner scanner(number);
  return scanner.read_seconds(out) && scanner.done();
}

void SecondsText::render(std::chrono::nanoseconds time) {
  const bool negative = time.count() < 0;
  const auto magnitude = negative ? 0 - static_cast<std::uint64_t>(time.count())
                                  : static_cast<std::uint64_t>(time.count());
  const std::uint64_t seconds = magnitude / kNanos;
  first_nanos_ = static_cast<std::uint32_t>(magnitude % kNanos);
  start_ = magnitude - first_nanos_;
  render_each_ = negative;
  char digits[24];
  char* first = digits;
  if (negative && fill_ != '0') *first++ = '-';
  const char* end = put_decimal(first, seconds);
  const auto length = static_cast<std::size_t>(end - digits);
  char* at = text_;
  if (negative && fill_ == '0') *at++ = '-';
  if (length < width_) {
    std::memset(at, fill_, width_ - length);
    at += width_ - length;
  }
  at = put_text(at, {digits, length});
  *at++ = '.';
  size_ = static_cast<std::size_t>(at - text_);
}

}  // namespace can
