// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "formats/asc/asc.h"
#include "formats/asc/date.h"
#include "formats/asc/frame_line.h"
#include "formats/support/line_log.h"
#include "formats/support/recurring.h"
#include "formats/support/scanner.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/fail.h"

namespace can::asc {
namespace {

using std::chrono::nanoseconds;

enum class Keyword { none, date, base, begin, other };

/// The keyword of a line in the header, or around a block of events.
Keyword keyword_of(Scanner line) {
  const std::string_view first = line.read_word(), second = line.read_word();
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
bool read_time(Scanner& line, SecondsReader& seconds, nanoseconds& out) {
  const std::string_view text = line.rest();
  if (!seconds.read_with_comma(line, out) || !is_blank(line.peek())) {
    line.go_back(text);
    return false;
  }
  line.skip_blanks();
  return true;
}

/// Whether a line without a time is a comment.
bool is_remark(Scanner line) {
  const std::string_view word = line.read_word();
  return word.empty() || word.starts_with("//") || word.starts_with(';') || word.starts_with('#') ||
         word.starts_with("***") || same_word(word, "start") || same_word(word, "previous");
}

/// Whether an event is of a kind that is known and no frame.
bool is_known_event(Scanner line) {
  constexpr std::string_view kOfChannel[] = {"Statistic:", "OverloadFrame", "J1939TP"};
  constexpr std::string_view kOthers[] = {
      "AFDX", "A429", "CANSTRESS", "COM", "Comment:", "Diag", "ETH",   "Event:", "Fr",  "GPS",
      "J",    "L",    "Li",        "LIN", "M",        "MOST", "Start", "SV:",    "TFS:"};
  const std::string_view first = line.read_word(), second = line.read_word(),
                         third = line.read_word();
  const std::string_view kind = first.substr(0, first.find_last_not_of("0123456789") + 1);
  const auto is = [](std::string_view word) {
    return [word](std::string_view known) { return word == known; };
  };
  if (kind.empty()) return std::ranges::any_of(kOfChannel, is(second));
  if (kind == "CAN") return third.starts_with("Status:");  // "CAN 1 Status:chip status ..."
  if (first == "log" && (second == "trigger" || second == "direct")) return true;
  return std::ranges::any_of(kOthers, is(kind)) || second == ":=";
}

/// The header "date ..." of a log that was joined to a line without a newline. Empty where it is no
/// date.
std::optional<Scanner> find_joined_date(std::string_view line) {
  constexpr std::string_view kDate = "date ";
  const std::size_t at = line.rfind(kDate);
  if (at == line.npos || at == 0) return {};
  Scanner date(line.substr(at));
  const bool understood = parse_date(line.substr(at + kDate.size())).has_value();
  return understood ? std::optional(date) : std::nullopt;
}

/// The time of day of a date.
nanoseconds time_of_day(const CivilTime& t) {
  return std::chrono::hours(t.hour) + std::chrono::minutes(t.minute) +
         std::chrono::seconds(t.second) + nanoseconds(t.nanosecond);
}

nanoseconds add(nanoseconds a, nanoseconds b) {
  nanoseconds::rep sum;
  if (__builtin_add_overflow(a.count(), b.count(), &sum))
    fail(Errc::corrupt, "expected a time from 1678 to 2261");
  return nanoseconds(sum);
}

/// Whether the text of an event could be that of a user, as python-can's log_event() writes it: its
/// first word is none that begins a frame.
bool may_be_remark(Scanner what) {
  const std::string_view word = what.read_word();
  return !word.empty() && !is_digit(word[0]) && word[0] != '-' && !word.starts_with("CAN");
}

class Reader final : public LineLogReader {
 public:
  Reader(std::unique_ptr<Source> source, const LogOptions& options)
      : LineLogReader(std::move(source)), zone_(options.zone), on_event_(options.on_event) {}

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    read_lines(out, filled,
               [this](std::string_view line, Message& m) { return read_line(line, m); });
  }

 private:
  using Event = FrameLine::Event;

  /// A joined log starts within the last line of the log before, where that line is cut.
  Line read_line(std::string_view text, Message& out) try {
    const Line kind = read_whole_line(text, out);
    if (kind == Line::foreign) read_joined_date(text);
    return kind;
  } catch (const Error&) {
    read_joined_date(text);
    throw;
  }

  void read_joined_date(std::string_view text) {
    if (const auto date = find_joined_date(text)) read_date(*date);
  }

  Line read_whole_line(std::string_view text, Message& out) {
    Scanner line(text);
    line.skip_blanks();
    const std::string_view whole = line.rest();
    nanoseconds time;
    if (!read_time(line, seconds_, time)) return read_header(Scanner(whole));
    if (next_start_) choose_start(time);
    elapsed_ = relative_ ? add(elapsed_, time) : time;
    const Scanner what = line;
    const Event event = frames_.parse(line, out);
    if (event == Event::xl) return Line::xl;
    if (event != Event::frame) return read_other(what);
    check_complete(text, line, out);
    out.timestamp = add(start_, elapsed_);
    if (line.rest().find(':') != std::string_view::npos)
      read_joined_date(text);  // behind a cut "Length"
    return Line::frame;
  }

  Line read_other(const Scanner& what) {
    if (is_known_event(what)) return Line::other;
    if (!on_event_ || !may_be_remark(what)) return Line::foreign;
    tell(what.rest(), elapsed_);
    return Line::other;
  }

  /// "// 12.345678 overtaking", or without the time.
  void read_comment(std::string_view text) {
    constexpr std::string_view kSlashes = "//";
    if (!on_event_ || !text.starts_with(kSlashes)) return;
    Scanner line(text.substr(kSlashes.size()));
    line.skip_blanks();
    nanoseconds time = elapsed_;
    SecondsReader seconds;
    if (has_start_ || next_start_) read_time(line, seconds, time);
    if (line.rest().starts_with("version ") || line.done()) return;
    tell(line.rest(), time);
  }

  void tell(std::string_view remark, nanoseconds since_start) {
    const nanoseconds start = next_start_ ? next_start_->time : start_;
    on_event_({.log = lines_.name(),
               .time = add(start, since_start),
               .since_start = since_start,
               .text = fmt::format("comment {}", quote(remark)),
               .remark = std::string(remark)});
  }

  Line read_header(Scanner line) {
    const Keyword keyword = keyword_of(line);
    if (keyword == Keyword::none) {
      read_comment(line.rest());
      return is_remark(line) ? Line::other : Line::foreign;
    }
    if (keyword == Keyword::base) read_base(line);
    if (keyword == Keyword::date) read_date(line);
    if (keyword == Keyword::begin) read_block(line);
    return Line::other;
  }

  /// "base hex  timestamps absolute", also on two lines.
  void read_base(Scanner line) {
    while (!line.done()) {
      const std::string_view word = line.read_word();
      if (same_word(word, "hex")) frames_.set_decimal(false);
      if (same_word(word, "dec")) frames_.set_decimal(true);
      if (same_word(word, "absolute")) relative_ = false;
      if (same_word(word, "relative")) relative_ = true;
    }
  }

  /// A recording starts: the first one, or that of a joined log.
  void read_date(Scanner line) {
    line.read_word();
    next_start_ = start_in(line).value_or(Start{});
    anew_ = true;
    had_block_ = false;
  }

  /// Times count from the date of the first block. Later blocks only interrupt the recording.
  void read_block(Scanner line) {
    line.read_word();
    line.read_word();
    if (std::exchange(had_block_, true)) return;
    if (const auto start = start_in(line)) next_start_ = start;
  }

  /// The start of a recording: the time to count from, and the time of day then.
  struct Start {
    nanoseconds time{}, of_day{};
  };
  std::optional<Start> start_in(Scanner line) {
    if (line.done()) return {};
    const std::optional<CivilTime> date = parse_date(line.rest());
    if (!date) {
      warn(fmt::format("{}: expected a date, got {}", lines_.where(), quote(line.rest())));
      return {};
    }
    // A date of 1970 means that the writer had none: its times count from 0.
    return date->year <= 1970 ? Start{} : Start{from_civil(*date, zone_), time_of_day(*date)};
  }

  /// After a further date, times may be those of the day, as in some logs of BUSMASTER. They then
  /// continue from the former start.
  void choose_start(nanoseconds first) {
    constexpr std::chrono::minutes kNear(10);
    const nanoseconds behind = first - next_start_->of_day;
    const bool of_day = has_start_ && !relative_ && next_start_->of_day > kNear &&
                        behind >= nanoseconds(0) && behind < kNear && first >= elapsed_;
    if (!of_day) start_ = next_start_->time;
    if (!of_day && std::exchange(anew_, false)) elapsed_ = {};
    has_start_ = true;
    next_start_.reset();
  }

  /// The last byte of a cut last line may lack its second digit.
  void check_complete(std::string_view text, Scanner rest, const Message& m) const {
    if (lines_.complete() || !rest.done() || m.payload().empty()) return;
    if (is_blank(text[text.size() - 2])) fail(Errc::corrupt, "expected two digits");
  }

  const TimeZone zone_;
  const std::function<void(const LogEvent&)> on_event_;
  SecondsReader seconds_;
  FrameLine frames_;
  std::optional<Start> next_start_;  // set until the first event decides whether it counts
  nanoseconds start_{}, elapsed_{};
  bool relative_ = false, anew_ = false, had_block_ = false, has_start_ = false;
};

/// The likelihood that `text` is a line of an ASC log, as Format::sniff.
int sniff_line(std::string_view text, FrameLine& frames) try {
  Scanner line(text);
  line.skip_blanks();
  Scanner event = line;
  nanoseconds time;
  SecondsReader seconds;
  Message message;
  if (read_time(event, seconds, time)) {
    const bool known = is_known_event(event);
    return frames.parse(event, message) == FrameLine::Event::frame ? 60 : known ? 20 : 0;
  }
  const Keyword keyword = keyword_of(line);
  return keyword == Keyword::none ? 0 : keyword == Keyword::base ? 90 : 60;
} catch (const Error&) {
  return 20;  // a frame, but damaged
}

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options) {
  return std::make_unique<Reader>(std::move(source), options);
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
