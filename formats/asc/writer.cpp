// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "formats/asc/asc.h"
#include "formats/asc/date.h"
#include "formats/support/channel_numbers.h"
#include "formats/support/put_text.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_log_writer.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/hex.h"

namespace can::asc {
namespace {

using namespace std::chrono;

constexpr std::size_t kLongestLine = 512;

/// The start of the log, as its header has it.
nanoseconds start_of(std::span<const Message> messages, const TimeZone& zone) {
  const auto earliest = std::ranges::min_element(messages, {}, &Message::timestamp);
  if (earliest == messages.end() || earliest->timestamp < kFirstDate) return nanoseconds(0);
  // Converted to civil time and back: an hour that occurs twice is read as the first one.
  return from_civil(to_civil(floor<milliseconds>(earliest->timestamp), zone), zone);
}

/// The time since `start`, rounded down to microseconds.
nanoseconds offset_of(nanoseconds time, nanoseconds start) {
  constexpr nanoseconds::rep kMin = -nanoseconds::max().count() + 1000;
  nanoseconds::rep offset;
  if (__builtin_sub_overflow(time.count(), start.count(), &offset)) return nanoseconds(kMin);
  if (offset < 0) offset = std::max(offset, kMin) - (999 + (offset + 1) % 1000);
  return nanoseconds(offset);
}

char* put_id(char* at, const Message& m) {
  at = put_hex_number<HexCase::upper>(at, m.id, hex_digits(m.id));
  if (m.extended) *at++ = 'x';
  return at;
}

char* put_direction(char* at, const Message& m) {
  return put_text(at, m.transmitted ? " Tx   " : " Rx   ");
}

/// Right-aligns the text from `start` to `at` in a column of `width`; returns the end.
char* justify_right(char* start, char* at, std::size_t width) {
  const auto size = static_cast<std::size_t>(at - start);
  if (size >= width) return at;
  std::memmove(start + width - size, start, size);
  put_blanks(start, width - size);
  return start + width;
}

/// "1  18EBFF00x       Rx   d 8 01 A0 0F A6 60 3B D1 40"
char* put_classic(char* at, const Message& m, unsigned channel) {
  constexpr std::size_t kIdWidth = 15;
  at = put_text(put_decimal(at, channel), "  ");
  if (m.error) return put_text(at, "ErrorFrame");
  char* const id = put_id(at, m);
  at = put_blanks(id, kIdWidth - static_cast<std::size_t>(id - at));
  at = put_text(put_direction(at, m), m.remote ? "r " : "d ");
  at = put_hex_number<HexCase::lower>(at, dlc_of(m), 1);
  *at++ = ' ';
  return put_hex_spaced<HexCase::upper>(at, m.payload()) - 1;
}

/// The columns behind the id are the symbolic name (none), BRS, ESI, data length code, length and
/// data, then duration, bits, flags, CRC and four bit timings. Of the latter only the flags are
/// known.
char* put_fd(char* at, const Message& m, unsigned channel) {
  constexpr std::size_t kNameWidth = 32;
  at = put_text(at, "CANFD ");
  at = justify_right(at, put_decimal(at, channel), 3);
  at = put_direction(at, m);
  at = justify_right(at, put_id(at, m), 8);
  at = put_blanks(at, 2 + kNameWidth);
  at = put_text(at, m.brs ? " 1" : " 0");
  at = put_text(at, m.esi ? " 1 " : " 0 ");
  at = put_hex_number<HexCase::lower>(at, dlc_of(m), 1);
  *at++ = ' ';
  at = justify_right(at, put_decimal(at, m.length), 2);
  *at++ = ' ';
  at = put_hex_spaced<HexCase::upper>(at, m.payload());
  at = put_text(at, "       0    0     ");
  *at++ = static_cast<char>('1' + 2 * m.brs + 4 * m.esi);  // FDF, BRS, ESI
  return put_text(at, "000        0        0        0        0        0");
}

class Writer final : public TextLogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : TextLogWriter(std::move(sink)), zone_(options.zone), numbers_(options.channel) {}

  void write(std::span<const Message> messages) override {
    if (messages.empty()) return;
    begin(messages);
    for (const Message& m : messages) {
      const unsigned channel = numbers_.number(m.channel);
      char* at = put_time(out_.room(kLongestLine), m.timestamp);
      at = m.fd && !m.error ? put_fd(at, m, channel) : put_classic(at, m, channel);
      *at++ = '\n';
      out_.advance(at);
    }
    last_ = messages.back().timestamp;
  }
  /// A comment, which every reader of ASC logs passes over, whatever its text looks like.
  bool put_event(std::string_view text, std::optional<nanoseconds> at) override {
    const Message first{.timestamp = at.value_or(nanoseconds{})};
    if (at) begin({&first, 1});
    std::string line(text);
    std::ranges::replace_if(
        line, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    if (!begun_) {
      early_ += fmt::format("// {}\n", line);
      return true;
    }
    char time[SecondsText::kLongest + 2];  // and a blank on each side
    const char* end = put_time(time, at.value_or(last_));
    out_.put(fmt::format("//{}{}\n", std::string_view(time, end), line));
    return true;
  }
  void close() override {
    begin({});
    out_.put("End TriggerBlock\n");
    out_.close();
  }

 private:
  /// Writes the header, once the date is known.
  void begin(std::span<const Message> messages) {
    if (std::exchange(begun_, true)) return;
    start_ = start_of(messages, zone_);
    const TimeZone utc{.local = false};
    char text[kLongestDate];
    const char* end = put_date(text, to_civil(start_, start_ == nanoseconds(0) ? utc : zone_));
    const std::string_view date(text, static_cast<std::size_t>(end - text));
    out_.put(fmt::format("date {}\nbase hex  timestamps absolute\ninternal events logged\n", date));
    out_.put(early_);
    out_.put(fmt::format("Begin Triggerblock {}\n 0.000000 Start of measurement\n", date));
  }

  char* put_time(char* at, nanoseconds time) {
    const nanoseconds offset = offset_of(time, start_);
    if (offset >= nanoseconds(0)) *at++ = ' ';
    at = seconds_.put_micros(at, offset);
    *at++ = ' ';
    return at;
  }

  const TimeZone zone_;
  nanoseconds start_{}, last_{};  // of the log; of the latest message
  SecondsText seconds_;
  ChannelNumbers numbers_;
  std::string early_;  // events before the header
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options) {
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::asc
