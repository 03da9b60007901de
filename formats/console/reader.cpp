// SPDX-License-Identifier: MIT
#include "formats/console/console.h"
#include "formats/support/line_log.h"
#include "formats/support/scanner.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_bits.h"
#include "libcan/model/hex.h"

namespace can::console {
namespace {

/// "2019-03-05 09:33:10.942761"
bool parse_date(std::string_view text, const TimeZone& zone, std::chrono::nanoseconds& out) {
  constexpr std::string_view kPattern = "0000-00-00 00:00:00";
  if (text.size() < kPattern.size() + 2) return false;
  if (!matches_pattern(text.substr(0, kPattern.size()), kPattern)) return false;
  int fields[6] = {};
  std::size_t field = 0;
  for (const char c : text.substr(0, kPattern.size()))
    if (is_digit(c))
      fields[field] = fields[field] * 10 + (c - '0');
    else
      ++field;
  std::chrono::nanoseconds fraction{};
  Scanner rest(text.substr(kPattern.size() - 1));  // from the last digit of the seconds on
  if (!rest.read_seconds(fraction) || !rest.done()) return false;
  const CivilTime civil{.year = fields[0],
                        .month = fields[1],
                        .day = fields[2],
                        .hour = fields[3],
                        .minute = fields[4],
                        .second = fields[5]};
  out = from_civil(civil, zone) + fraction % std::chrono::seconds(1);
  return true;
}

/// Reads one line into a message.
class Parser {
 public:
  Parser(std::string_view line, const TimeZone& zone, Message& out)
      : line_(line), zone_(zone), out_(out) {}

  /// False for a CAN XL frame.
  bool parse(ChannelCache& channels) {
    out_.reset();
    line_.skip_blanks();
    if (line_.accept('(')) parse_time(line_.read_until(')'));
    line_.skip_blanks();
    out_.channel = channels.find(line_.read_word());
    std::string_view word = line_.read_word();
    if (word == "RX" || word == "TX") {
      out_.transmitted = word == "TX";
      out_.brs = line_.read_word() == "B";
      out_.esi = line_.read_word() == "E";
      word = line_.read_word();
    }
    parse_id(word);
    const std::string_view length = line_.read_word();
    if (is_xl_length(length)) return false;
    parse_length(length);
    parse_data();
    if (const char* flaw = why_invalid(out_)) fail(Errc::corrupt, "{}", flaw);
    return true;
  }

 private:
  void parse_time(std::string_view text) {
    Scanner seconds(text);
    if (seconds.read_seconds(out_.timestamp) && seconds.done()) return;
    if (!parse_date(text, zone_, out_.timestamp)) fail_expected("a time", text);
  }

  void parse_id(std::string_view text) {
    std::uint64_t id = 0;
    if ((text.size() != 3 && text.size() != 8) ||
        !parse_hex(text, text.size() == 3 ? kStandardIdMask : kErrorIdFlag | kExtendedIdMask, id))
      fail_expected("an id of 3 or 8 hexadecimal digits", text);
    out_.error = (id & kErrorIdFlag) != 0;
    out_.extended = text.size() == 8 && !out_.error;
    out_.id = static_cast<std::uint32_t>(id) & kExtendedIdMask;
  }

  /// "[0008]": four digits; CAN FD has two.
  static bool is_xl_length(std::string_view text) {
    return text.size() == 6 && text.front() == '[' && text.back() == ']';
  }

  void parse_length(std::string_view text) {
    const bool raw =
        text.starts_with('{') && text.ends_with('}');  // candump -8: the data length code
    if (text.size() < 3 || (!raw && !(text.starts_with('[') && text.ends_with(']'))))
      fail_expected("a length in brackets", text);
    const std::string_view digits = text.substr(1, text.size() - 2);
    std::uint64_t value = 0;
    if (raw ? !parse_hex(digits, 15, value) : !parse_decimal(digits, 64, value))
      fail_expected("a length in brackets", text);
    out_.fd = !raw && digits.size() == 2;
    out_.length = static_cast<std::uint8_t>(value);
    if (raw) set_dlc(out_, static_cast<std::uint8_t>(value));
  }

  void parse_data() {
    if (line_.rest().starts_with("remote request")) {
      out_.remote = true;
      return;
    }
    for (std::size_t i = 0; i < out_.length; ++i) {
      const std::string_view byte = line_.read_word();
      std::uint64_t value = 0;
      if (byte.size() != 2 || !parse_hex(byte, 0xFF, value))
        fail_expected("two hexadecimal digits", byte);
      out_.data[i] = static_cast<std::uint8_t>(value);
    }
    const std::string_view rest = line_.rest();
    if (!rest.empty() && !rest.starts_with('\'') && !rest.starts_with("ERRORFRAME"))
      fail_expected("the end of the line", rest);
  }

  Scanner line_;
  const TimeZone& zone_;
  Message& out_;
};

class Reader final : public LineLogReader {
 public:
  Reader(std::unique_ptr<Source> source, const TimeZone& zone)
      : LineLogReader(std::move(source)), zone_(zone) {}

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    read_lines(out, filled,
               [this](std::string_view line, Message& m) { return read_line(line, m); });
  }

 private:
  Line read_line(std::string_view line, Message& out) {
    if (line.empty() || line[0] == '\t' || line[0] == '#') return Line::other;
    return Parser(line, zone_, out).parse(channels_) ? Line::frame : Line::xl;
  }

  TimeZone zone_;
  ChannelCache channels_;
};

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options) {
  return std::make_unique<Reader>(std::move(source), options.zone);
}

int sniff(std::string_view head) {
  LineReader lines(memory_source(std::string(head)));
  ChannelCache channels;
  for (std::string_view line; lines.next(line);) {
    if (line.empty() || line[0] == '#') continue;
    try {
      Message message;
      Parser(line, {}, message).parse(channels);
      return 60;
    } catch (const Error&) {
      return 0;
    }
  }
  return 0;
}

}  // namespace can::console
