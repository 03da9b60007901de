// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>
#include <utility>

#include "formats/asc/asc.h"
#include "formats/asc/date.h"
#include "formats/asc/frame_line.h"
#include "formats/support/recurring.h"
#include "formats/support/text.h"
#include "libcan/error.h"

namespace can::asc {
namespace {

using std::chrono::nanoseconds;

bool same_word(std::string_view word, std::string_view lower) {
  return std::ranges::equal(word, lower, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
  });
}

enum class Keyword { none, date, base, begin, other };

/// What a line of the header, or one around a block of events, starts with.
Keyword keyword_of(Scanner line) {
  const std::string_view first = line.take_word(), second = line.take_word();
  if (same_word(first, "date")) return Keyword::date;
  if (same_word(first, "base") && (same_word(second, "hex") || same_word(second, "dec")))
    return Keyword::base;
  if (same_word(first, "timestamps")) return Keyword::base;
  if (same_word(second, "triggerblock"))
    return same_word(first, "begin") ? Keyword::begin : Keyword::other;
  const bool events = same_word(first, "internal") || same_word(second, "internal");
  return events ? Keyword::other : Keyword::none;
}

/// "   0.001134" and the blanks behind it.
bool take_time(Scanner& line, SecondsReader& seconds, nanoseconds& out) {
  if (!seconds.take(line, out) || (line.peek() != ' ' && line.peek() != '\t')) return false;
  line.skip_blanks();
  return true;
}

/// Whether a line that starts with a number is an event: other texts have no decimals there.
bool has_decimals(Scanner line) {
  const std::string_view time = line.take_word();
  return time.find('.') != time.npos;
}

nanoseconds add(nanoseconds a, nanoseconds b) {
  nanoseconds::rep sum;
  if (__builtin_add_overflow(a.count(), b.count(), &sum))
    fail(Errc::corrupt, "expected a time from 1678 to 2261");
  return nanoseconds(sum);
}

class Reader final : public LogReader {
 public:
  Reader(std::unique_ptr<Source> source, const TimeZone& zone)
      : lines_(std::move(source)), zone_(zone) {}

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    for (std::string_view line; filled < out.size();) {
      if (!lines_.next(line)) return check_it_was_asc();
      if (take_line(line, out[filled])) ++filled;
    }
  }

 private:
  bool take_line(std::string_view text, Message& out) try {
    Scanner line(text);
    line.skip_blanks();
    const std::string_view whole = line.rest();
    nanoseconds time;
    if (!take_time(line, seconds_, time)) {
      take_header(Scanner(whole));
      return false;
    }
    elapsed_ = relative_ ? add(elapsed_, time) : time;
    const std::string_view event = line.rest();
    if (!frames_.parse(line, out)) {
      skip_event(Scanner(whole), event);
      return false;
    }
    check_complete(text, line, out);
    out.timestamp = add(start_, elapsed_);
    return recognized_ = true;
  } catch (const Error& error) {
    recognized_ = true;
    lines_.fail_here(error);
  }

  void take_header(Scanner line) {
    empty_ = empty_ && line.done();
    const Keyword keyword = keyword_of(line);
    recognized_ = recognized_ || keyword != Keyword::none;
    if (keyword == Keyword::base) take_base(line);
    if (keyword == Keyword::date) take_date(line);
    if (keyword == Keyword::begin) take_block(line);
  }

  /// "base hex  timestamps absolute", also on two lines.
  void take_base(Scanner line) {
    while (!line.done()) {
      const std::string_view word = line.take_word();
      if (same_word(word, "hex")) frames_.set_decimal(false);
      if (same_word(word, "dec")) frames_.set_decimal(true);
      if (same_word(word, "absolute")) relative_ = false;
      if (same_word(word, "relative")) relative_ = true;
    }
  }

  /// A recording begins: the first, or that of a log joined to another.
  void take_date(Scanner line) {
    start_ = elapsed_ = {};
    had_block_ = false;
    line.take_word();
    take_start(line);
  }

  /// The date of the first block is the one that times count from; later blocks only interrupt.
  void take_block(Scanner line) {
    line.take_word();
    line.take_word();
    if (!std::exchange(had_block_, true)) take_start(line);
  }

  void take_start(Scanner line) {
    const std::optional<CivilTime> date = parse_date(line.rest());
    // 1970: the writer had no date, and its times began with 0.
    if (date)
      start_ = date->year <= 1970 ? nanoseconds(0) : from_civil(*date, zone_);
    else if (!line.done())
      warn(fmt::format("{}: expected a date, got {}", lines_.where(), quote(line.rest())));
  }

  void skip_event(Scanner line, std::string_view what) {
    empty_ = false;
    recognized_ = recognized_ || has_decimals(line);
    if (what.starts_with("CANXL ") && !std::exchange(warned_of_xl_, true))
      warn(fmt::format("{}: CAN XL lines are skipped", lines_.where()));
  }

  /// A last line without its end may have been cut in the middle of a byte.
  void check_complete(std::string_view text, Scanner rest, const Message& m) const {
    if (lines_.complete() || !rest.done() || m.payload().empty()) return;
    const char before = text[text.size() - 2];
    if (before == ' ' || before == '\t') fail(Errc::corrupt, "expected two digits");
  }

  void check_it_was_asc() {
    if (std::exchange(recognized_, true) || empty_) return;
    fail(Errc::corrupt, "{}: not an ASC log", lines_.name());
  }

  LineReader lines_;
  const TimeZone zone_;
  SecondsReader seconds_;
  FrameLine frames_;
  nanoseconds start_{}, elapsed_{};
  bool relative_ = false, had_block_ = false;
  bool recognized_ = false, empty_ = true, warned_of_xl_ = false;
};

/// How sure `text` is a line of an ASC log.
int sniff_line(std::string_view text, FrameLine& frames) try {
  Scanner line(text);
  line.skip_blanks();
  Scanner event = line;
  nanoseconds time;
  SecondsReader seconds;
  Message message;
  if (take_time(event, seconds, time))
    return frames.parse(event, message) ? 60 : has_decimals(line) ? 20 : 0;
  const Keyword keyword = keyword_of(line);
  return keyword == Keyword::none ? 0 : keyword == Keyword::base ? 90 : 60;
} catch (const Error&) {
  return 20;
}

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options) {
  return std::make_unique<Reader>(std::move(source), options.zone);
}

int sniff(std::string_view head) {
  int sure = 0;
  FrameLine frames;
  LineReader lines(memory_source(std::string(head)));
  for (std::string_view line; sure < 90 && lines.next(line);)
    sure = std::max(sure, sniff_line(line, frames));
  return sure;
}

}  // namespace can::asc
