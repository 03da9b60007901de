// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "formats/support/stream.h"
#include "libcan/model/error.h"

namespace can {

/// Lines of a source, without copying them: a view lives until the next call.
class LineReader {
 public:
  explicit LineReader(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  /// False at the end and, without `wait`, where the line is still to come: see ended(). Takes
  /// "\n", "\r\n" and, where the first line ends so, "\r"; the last line may lack one. Throws
  /// Errc::corrupt on a line longer than 1 MiB: no text log has one, a binary file does. Takes away
  /// a UTF-8 byte order mark before any line: logs that were joined to one have several.
  bool next(std::string_view& line, bool wait = true) {
    const void* newline = nullptr;
    if (begin_ != end_ && !put_back_)
      newline = std::memchr(buffer_.data() + begin_, end_of_line_, end_ - begin_);
    if (!newline) return next_anew(line, wait);
    deliver(line,
            static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data()) - begin_,
            true);
    return true;
  }

  /// Whether the source has ended, so that next() returns at once.
  bool ended() const { return ended_; }

  /// Whether next() would return at once, as far as that can be told without reading.
  bool at_hand() const;

  /// The line last given comes again: it belongs to somebody else.
  void put_back() { put_back_ = true; }

  /// Whether the last line given had its "\n": false for one that a power cut may have cut short.
  bool complete() const { return complete_; }

  std::uint64_t number() const { return number_; }  ///< of the line last given, from 1
  std::string_view name() const { return source_->name(); }
  std::string where() const { return fmt::format("{}:{}", name(), number_); }

  /// Throws Errc::corrupt: `error`, with where() in front, is in the line last given.
  [[noreturn]] void fail_here(const Error& error) const;

 private:
  bool next_anew(std::string_view& line, bool wait);
  bool refill();
  void find_end_of_line();

  /// The next `length` bytes, as far as they belong to a line. Nothing here is stored and copied
  /// at once: a processor waits for two stores to be done before one load can read both.
  void deliver(std::string_view& line, std::size_t length, bool complete) {
    const char* start = buffer_.data() + begin_;
    complete_ = complete;
    begin_ += length + complete;
    while (length > 0 && start[length - 1] == '\r') --length;
    ++number_;
    if (*start == '\xEF' && std::string_view(start, length).starts_with("\xEF\xBB\xBF")) {
      start += 3;
      length -= 3;
    }
    last_ = {start, length};
    line = {start, length};
  }

  std::unique_ptr<Source> source_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t number_ = 0;
  char end_of_line_ = '\n';
  std::string_view last_;
  bool ended_ = false, put_back_ = false, complete_ = true;
};

/// Collects text for a sink: room for a line, then the line, straight into the buffer.
///
///   char* at = out.room(kLongestLine);
///   at = put_decimal(at, 42);
///   out.advance(at);
class TextWriter {
 public:
  explicit TextWriter(std::unique_ptr<Sink> sink)
      : sink_(std::move(sink)), buffer_(new char[kBuffer]), size_(sink_->start()) {}

  /// At least `size` bytes to write to. `size` is far below 64 KiB. Throws Errc::io.
  char* room(std::size_t size) {
    if (kBuffer - used_ < size) drain();
    return buffer_.get() + used_;
  }
  void advance(const char* end) { used_ = static_cast<std::size_t>(end - buffer_.get()); }
  void put(std::string_view text);

  std::uint64_t size() const { return size_ + used_; }
  void flush() {
    drain();
    sink_->flush();
  }
  void close() {
    drain();
    sink_->close();
  }
  Sink& sink() { return *sink_; }

 private:
  static constexpr std::size_t kBuffer = 256 * 1024;
  void drain();

  std::unique_ptr<Sink> sink_;
  std::unique_ptr<char[]> buffer_;
  std::size_t used_ = 0;
  std::uint64_t size_;
};

namespace text_detail {

/// `c` eight times.
constexpr std::uint64_t each(unsigned char c) { return 0x0101010101010101u * c; }

/// The 8 characters at `at`, first in the low byte.
inline std::uint64_t word_at(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// The high bit in the lowest byte of `word` that is 0; those above it may be set, too.
constexpr std::uint64_t lowest_zero(std::uint64_t word) {
  return (word - each(1)) & ~word & each(0x80);
}

/// The high bit in the first byte that is a blank or a tab, as above; 0 when none is.
constexpr std::uint64_t blanks_in(std::uint64_t word) {
  return lowest_zero(word ^ each(' ')) | lowest_zero(word ^ each('\t'));
}

inline constexpr std::uint64_t kPowers[] = {1,       10,        100,        1'000,      10'000,
                                            100'000, 1'000'000, 10'000'000, 100'000'000};

/// How many of the 8 characters in `word`, first in its low byte, are digits before another comes.
constexpr int leading_digits(std::uint64_t word) {
  const std::uint64_t high = (word & each(0xF0)) ^ each(0x30);
  const std::uint64_t above_9 = (word + each(0x06)) & each(0xF0);
  const std::uint64_t other = high | (above_9 ^ each(0x30));
  return other == 0 ? 8 : std::countr_zero(other) / 8;
}

/// The value of 8 digits, first in the low byte: neighbours joined to pairs, fours, the eight.
constexpr std::uint64_t eight_digits(std::uint64_t word) {
  word = (word & each(0x0F)) * 2561 >> 8;
  word = (word & 0x00FF00FF00FF00FF) * 6553601 >> 16;
  return (word & 0x0000FFFF0000FFFF) * 42949672960001 >> 32;
}

/// Whether the same `kSize` bytes stand at both places; compared by words, the last two of which
/// may share some bytes. Of a literal, the compiler knows its words: nothing is called.
template <std::size_t kSize, std::size_t... kWord>
inline bool is_same(const char* a, const char* b, std::index_sequence<kWord...>) {
  const auto differs = [=](std::size_t at) { return word_at(a + at) ^ word_at(b + at); };
  return ((differs(kWord * 8) | ...) | differs(kSize - 8)) == 0;
}
template <std::size_t kSize>
inline bool is_same(const char* a, const char* b) {
  if constexpr (kSize < 8)
    return std::memcmp(a, b, kSize) == 0;
  else
    return is_same<kSize>(a, b, std::make_index_sequence<kSize / 8>());
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr std::uint64_t digit(char c) { return static_cast<std::uint64_t>(c - '0'); }

}  // namespace text_detail

/// Walks over one line of text from the left. All functions stay inside it. Where it was can be
/// gone back to; that costs less than walking with a copy (see LineReader::give).
class Scanner {
 public:
  explicit Scanner(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}

  bool done() const { return at_ == end_; }
  char peek() const { return at_ == end_ ? '\0' : *at_; }
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  /// What was taken since rest() was `before`.
  std::string_view read_since(std::string_view before) const {
    return before.substr(0, before.size() - rest().size());
  }
  void go_back(std::string_view before) { at_ = before.data(); }  ///< to where that was rest()
  void skip(std::size_t count) { at_ += std::min(count, rest().size()); }

  bool accept(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  /// Exactly this text; a literal, so that it is compared without a call.
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
      ++at_;  // as it mostly is
      return;
    }
    while (end_ - at_ >= 8) {
      const std::uint64_t others = text_detail::word_at(at_) ^ text_detail::each(' ');
      at_ += std::countr_zero(others) / 8;
      if (others != 0) break;
    }
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
  }
  /// Up to the next blank or tab, which is skipped with those behind it. "" at the end.
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
  /// Up to `separator`, which is skipped, or to the end.
  std::string_view read_until(char separator) {
    const char* const start = at_;
    const char* const stop = find(separator);
    at_ = stop == end_ ? end_ : stop + 1;
    return {start, static_cast<std::size_t>(stop - start)};
  }

  /// 1 to 19 decimal digits; false when there are none here or the value exceeds `limit`.
  bool read_decimal(std::uint64_t& value, std::uint64_t limit = UINT64_MAX) {
    using namespace text_detail;
    if (at_ != end_ && is_digit(*at_) && (end_ - at_ == 1 || !is_digit(at_[1]))) {
      value = digit(*at_++);
      return value <= limit;
    }
    if (end_ - at_ < 8) return read_long_decimal(value, limit);
    const std::uint64_t word = word_at(at_);
    const int digits = leading_digits(word);
    if (digits == 0 || digits == 8) return read_long_decimal(value, limit);
    value = eight_digits(word << (8 - digits) * 8);
    at_ += digits;
    return value <= limit;
  }

  /// Seconds with any number of decimals, also none, and an optional sign; digits past the ninth
  /// are cut. False when there is no such number here or it exceeds 292 years.
  bool read_seconds(std::chrono::nanoseconds& out);

  /// 1 to 9 digits as what they are behind a decimal point, which stands as the last of `whole`
  /// characters here; takes these, too. False, with nothing taken, for more or no digits, and near
  /// the end of the line.
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
  bool read_long_decimal(std::uint64_t& value, std::uint64_t limit);
  std::size_t read_digits(std::uint64_t& value);

  /// The first `wanted`, or the end. It mostly is close by: closer than a call of memchr pays for.
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

/// A whole text as a number: false for anything else or above `limit`.
bool parse_decimal(std::string_view text, std::uint64_t limit, std::uint64_t& value);
bool parse_hex(std::string_view text, std::uint64_t limit, std::uint64_t& value);  ///< no prefix

/// As Scanner::read_seconds, also with an exponent: "1e-05" is how Python writes small numbers.
bool parse_seconds(std::string_view text, std::chrono::nanoseconds& out);

namespace text_detail {

inline constexpr auto kDecimalPairs = [] {
  std::array<std::array<char, 2>, 100> pairs{};
  for (std::size_t i = 0; i < 100; ++i)
    pairs[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
  return pairs;
}();

}  // namespace text_detail

/// Writes exactly `digits` (even) decimal digits.
template <int digits>
inline char* put_padded(char* at, std::uint32_t value) {
  static_assert(digits % 2 == 0);
  for (int i = digits - 2; i >= 0; i -= 2, value /= 100)
    std::memcpy(at + i, text_detail::kDecimalPairs[value % 100].data(), 2);
  return at + digits;
}

/// Writes `value` without leading zeros.
inline char* put_decimal(char* at, std::uint64_t value) {
  char digits[20];
  char* first = digits + sizeof digits;
  for (; value >= 100; value /= 100)
    std::memcpy(first -= 2, text_detail::kDecimalPairs[value % 100].data(), 2);
  if (value >= 10)
    std::memcpy(first -= 2, text_detail::kDecimalPairs[value].data(), 2);
  else
    *--first = static_cast<char>('0' + value);
  const auto count = static_cast<std::size_t>(digits + sizeof digits - first);
  std::memcpy(at, first, count);
  return at + count;
}

inline char* put_text(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

inline char* put_blanks(char* at, std::size_t count) {
  std::memset(at, ' ', count);
  return at + count;
}

/// Writes times as seconds with decimals; remembers the text of the last second, which most
/// messages share.
class SecondsText {
 public:
  /// At least `width` digits before the point, filled with `fill`.
  explicit SecondsText(std::size_t width = 1, char fill = '0') : width_(width), fill_(fill) {}

  /// Into a buffer with room for kLongest; returns the place behind it. The rest of the room then
  /// holds anything.
  char* put_micros(char* at, std::chrono::nanoseconds time) {
    if (time.count() < 0) time = std::chrono::floor<std::chrono::microseconds>(time);
    at = put_whole(at, time);
    return put_padded<6>(at, nanos_ / 1000);
  }
  char* put_nanos(char* at, std::chrono::nanoseconds time) {
    at = put_whole(at, time);
    at = put_padded<8>(at, nanos_ / 10);
    *at = static_cast<char>('0' + nanos_ % 10);
    return at + 1;
  }
  static constexpr std::size_t kLongest = 32;

 private:
  char* put_whole(char* at, std::chrono::nanoseconds time) {
    const auto since = static_cast<std::uint64_t>(time.count()) - start_;
    if (since >= 1'000'000'000 || render_each_) {
      render(time);
      nanos_ = first_nanos_;
    } else {
      nanos_ = static_cast<std::uint32_t>(since);
    }
    std::memcpy(at, text_, kLongest);  // as a whole, which takes no call
    return at + size_;
  }
  void render(std::chrono::nanoseconds time);

  std::size_t width_;
  char fill_;
  char text_[kLongest] = {};  // "1551774790."
  std::size_t size_ = 0;
  std::uint64_t start_ = 0;  // of the second in text_, ns
  bool render_each_ = true;  // text_ is empty, or of a time before 0
  std::uint32_t nanos_ = 0, first_nanos_ = 0;
};

}  // namespace can
