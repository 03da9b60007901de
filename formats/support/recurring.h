// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "cansuite/channel.h"
#include "formats/support/scanner.h"
#include "formats/support/word_at.h"

namespace can {

/// Recognizes a short text, such as the second or the channel, that is the same in line after line,
/// by two comparisons of 8 bytes, without a search for its end.
class RecurringText {
 public:
  /// Remembers `text`. A text of more than 16 bytes, or an empty one, is forgotten.
  void remember(std::string_view text);

  /// The length of the text where `rest` starts with it, else 0.
  std::size_t found(std::string_view rest) const {
    const bool starts = rest.size() < 2 * kWord ? starts_short(rest) : starts_long(rest.data());
    return starts ? size_ : 0;
  }

 private:
  static constexpr std::size_t kWord = sizeof(std::uint64_t);
  bool starts_long(const char* text) const {
    return (((text_detail::word_at(text) ^ first_) & first_mask_) |
            ((text_detail::word_at(text + kWord) ^ second_) & second_mask_)) == 0;
  }
  bool starts_short(std::string_view text) const {
    return text.starts_with(std::string_view(text_, size_));
  }

  char text_[2 * kWord] = {};
  std::size_t size_ = 0;
  std::uint64_t first_ = 0, second_ = 0, first_mask_ = 0, second_mask_ = 0;
};

/// Reads times as Scanner::read_seconds does, faster where the second is that of the time before.
class SecondsReader {
 public:
  bool read(Scanner& line, std::chrono::nanoseconds& out) {
    const std::size_t whole = whole_.found(line.rest());
    if (whole == 0 || !line.read_decimals(whole, out)) return read_anew(line, out);
    out += start_;
    return true;
  }

  /// As read(), also with a comma as the decimal sign, as some programs write it.
  bool read_with_comma(Scanner& line, std::chrono::nanoseconds& out) {
    const std::string_view before = line.rest();
    if (!read(line, out)) return false;
    if (line.peek() != ',') return true;
    line.go_back(before);
    return line.read_seconds(out, ',');
  }

 private:
  bool read_anew(Scanner& line, std::chrono::nanoseconds& out);

  RecurringText whole_;               // "1551774790."
  std::chrono::nanoseconds start_{};  // the time that whole_ is
};

/// Channels by their text and the separator behind it: "can0 ".
class RecurringChannels {
 public:
  bool read(Scanner& line, Channel& out) const {
    const std::string_view rest = line.rest();
    for (const Known& known : known_)
      if (const std::size_t size = known.text.found(rest); size != 0) {
        out = known.channel;
        line.skip(size);
        return true;
      }
    return false;
  }
  /// Remembers a channel, the eighth one back is forgotten.
  void remember(std::string_view text, Channel channel) {
    Known& known = known_[next_++ % std::size(known_)];
    known.text.remember(text);
    known.channel = channel;
  }

 private:
  struct Known {
    RecurringText text;
    Channel channel;
  };
  Known known_[8];
  std::size_t next_ = 0;
};

}  // namespace can
