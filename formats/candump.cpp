// SPDX-License-Identifier: MIT
// The text log of candump -L and -l, which canplayer of can-utils replays:
//
//   (1551774790.942758) can0 123#DEADBEEF
//   (1551774790.942761) can1 123##1AABB T
//
// Source: can-utils candump.c, canplayer.c, lib.c. Times are seconds with 6 decimals, or 9. The
// last column is the direction, T or R; a frame without it is received. Only T is written: candump
// writes the column with -x only, and Wireshark 4 opens no log that has it. With the option
// "direction" the lines are candump's own: names of channels are aligned, and the digit behind ##
// has the flag 4, FDF, which current kernels set in each CAN FD frame. Lines that don't start
// with '(' are skipped, as by canplayer: comments silently, others, such as candump's DROPCOUNT,
// with a warning. So are CAN XL frames. Stricter than canplayer: an id above 7FF in three digits, a
// classic frame of more than 8 bytes and text behind the frame are errors.

#include <algorithm>
#include <string>

#include "cansuite/formats.h"
#include "formats/support/channel_numbers.h"
#include "formats/support/line_log.h"
#include "formats/support/line_reader.h"
#include "formats/support/put_text.h"
#include "formats/support/recurring.h"
#include "formats/support/scanner.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_log_writer.h"
#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_bits.h"
#include "libcan/model/frame_text.h"
#include "libcan/model/hex.h"

namespace can {
namespace {

using std::chrono::nanoseconds;

/// "(1551774790.942758)" and the blanks behind it.
bool read_time(Scanner& line, SecondsReader& seconds, nanoseconds& out) {
  if (!line.accept('(')) return false;
  line.skip_blanks();
  if (!seconds.read_with_comma(line, out) || !line.accept(')')) return false;
  line.skip_blanks();
  return true;
}

/// An old asc2log wrote the next second as "(5.1000000) ". `time` is the text that was read.
bool is_carried(std::string_view time) { return time.ends_with(".1000000) "); }

/// Whether the rest of the line is a frame only, as in most lines: neither a blank nor a direction.
bool is_frame_alone(std::string_view rest) {
  const std::size_t size = rest.size();
  return size > 8 && (rest[3] == '#' || rest[8] == '#') && rest[size - 1] > ' ' &&
         rest[size - 2] > ' ';
}

bool is_direction(std::string_view word) { return same_word(word, "r") || same_word(word, "t"); }

/// "00123#81:00:00112233#0102": the priority, 11 bits, behind the number of the virtual network.
bool is_xl_frame(std::string_view text) {
  constexpr std::size_t kId = 5, kFlags = 3;
  return text.size() > kId + kFlags && text[kId] == '#' && text[kId + kFlags] == ':';
}

constexpr std::string_view kDropCount = "DROPCOUNT: dropped ";

std::uint64_t lost_frames(std::string_view line) {
  std::uint64_t count = 0;
  Scanner(line.substr(kDropCount.size())).read_decimal(count);
  return count;
}

class Reader final : public LineLogReader {
 public:
  explicit Reader(std::unique_ptr<Source> source) : LineLogReader(std::move(source)) {}

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    read_lines(out, filled,
               [this](std::string_view line, Message& m) { return read_line(line, m); });
  }

 private:
  Line read_line(std::string_view text, Message& out) {
    Scanner line(text);
    if (line.peek() != '(') {
      line.skip_blanks();
      if (line.peek() != '(') return read_remark(line.rest());
    }
    out.reset();
    if (!read_time(line, seconds_, out.timestamp)) fail_expected("a time in parentheses", text);
    if (is_carried(line.read_since(text))) out.timestamp += std::chrono::milliseconds(900);
    out.channel = read_channel(line);
    if (!is_frame_alone(line.rest())) return read_frame_and_direction(line, out);
    if (is_xl_frame(line.rest())) return Line::xl;
    parse_frame(line.rest(), out);
    return Line::frame;
  }

  /// "DROPCOUNT: dropped 17 CAN frames on 'can0' socket (total drops 17)", by candump -d.
  Line read_remark(std::string_view line) {
    if (line.starts_with(kDropCount))
      warn(fmt::format("{}: candump lost {} frames here", lines_.where(), lost_frames(line)));
    else if (!line.empty() && line[0] != '#')
      return Line::foreign;
    return Line::other;
  }

  Channel read_channel(Scanner& line) {
    Channel channel;
    const std::string_view text = line.rest();
    if (channels_.read(line, channel)) {
      line.skip_blanks();
      return channel;
    }
    channel = Channel(line.read_word());
    if (!line.done()) channels_.remember(line.read_since(text), channel);
    return channel;
  }

  Line read_frame_and_direction(Scanner& line, Message& out) {
    const std::string_view frame = line.read_word(), direction = line.read_word();
    if (frame == "ERROR") return Line::other;  // cantools writes such lines, without details
    if (is_xl_frame(frame)) return Line::xl;
    parse_frame(frame, out);
    if (!line.done() || (!direction.empty() && !is_direction(direction)))
      fail_expected("R or T behind the frame", direction);
    out.transmitted = same_word(direction, "t");
    return Line::frame;
  }

  SecondsReader seconds_;
  RecurringChannels channels_;
};

constexpr std::string_view kColumns[] = {"sent", "none", "both"};
constexpr Option kDirection = {.name = "direction",
                               .help = "T behind sent frames, or none",
                               .kind = OptionKind::word,
                               .preset = kColumns[0],
                               .words = kColumns};
constexpr Option kOptions[] = {kDirection};

class Writer final : public TextLogWriter {
 public:
  /// `direction`: of kColumns.
  Writer(std::unique_ptr<Sink> sink, std::string_view direction)
      : TextLogWriter(std::move(sink)),
        candumps_own_(direction != kDirection.preset),
        received_(direction == "both" ? " R\n" : "\n"),
        sent_(direction == "none" ? "\n" : " T\n") {}

  void write(std::span<const Message> messages) override {
    for (const Message& m : messages) {
      const std::string_view name = names_.name(m.channel);
      char* at = out_.room(SecondsText::kLongest + 2 * kLongestName + kLongestFrameText + 8);
      *at++ = '(';
      at = time_.put_micros(at, m.timestamp);
      at = put_text(at, ") ");
      if (candumps_own_) at = put_blanks(at, missing(name.size()));
      at = put_text(at, name);
      *at++ = ' ';
      char* const frame = at;
      at = put_frame(at, m);
      if (candumps_own_ && m.fd) add_fdf(frame, m);
      at = put_text(at, m.transmitted ? sent_ : received_);
      out_.advance(at);
    }
  }
  bool put_event(std::string_view text, std::optional<std::chrono::nanoseconds>) override {
    out_.put(fmt::format("# {}\n", escaped(text)));
    return true;
  }

 private:
  static constexpr std::size_t kLongestName = 16;

  /// The blanks before a name, for names that end in one column.
  std::size_t missing(std::size_t size) {
    longest_ = std::max(longest_, size);
    return longest_ - size;
  }

  /// "123##1" becomes "123##5".
  static void add_fdf(char* frame, const Message& m) {
    put_hex_number<HexCase::upper>(frame + (m.extended ? 8 : 3) + 2, fd_flags(m) | kFdfFlag, 1);
  }

  const bool candumps_own_;
  const std::string_view received_, sent_;  // the ends of lines
  std::size_t longest_ = 0;                 // characters of a name so far
  SecondsText time_{10};
  InterfaceNames names_;
};

int sniff(std::string_view head) {
  for (LineReader lines(memory_source(std::string(head)));;) {
    std::string_view line;
    if (!lines.next(line)) return 0;
    Scanner scanner(line);
    scanner.skip_blanks();
    SecondsReader seconds;
    nanoseconds time;
    if (read_time(scanner, seconds, time)) {
      scanner.read_word();  // the channel
      const std::string_view frame = scanner.read_word();
      return frame.find('#') != frame.npos || frame == "ERROR" ? 80 : 0;
    }
    if (!line.starts_with('#') && !line.empty()) return 0;
  }
}

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  return std::make_unique<Reader>(std::move(source));
}

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options) {
  return std::make_unique<Writer>(std::move(sink), text_of(options.options, kDirection));
}

std::unique_ptr<LogWriter> create_plain_writer(std::unique_ptr<Sink> sink, const LogOptions&) {
  return std::make_unique<Writer>(std::move(sink), "none");
}

constexpr Keeps kKeeps = keeps_all(std::chrono::microseconds(1), KeepsChannel::interface);

constexpr Keeps without_direction(Keeps keeps) {
  keeps.direction = false;
  return keeps;
}

constexpr std::string_view kExtensions[] = {".log"};

}  // namespace

namespace formats {
extern const Format candump, candump_plain;
constinit const Format candump = {
    .name = "candump",
    .title = "can-utils candump log",
    .extensions = kExtensions,
    .keeps = kKeeps,
    .first_line = "(0000000000.000000) ",
    .appends = Appends::lines,
    .options = kOptions,
    .variant = [](const LogOptions& options) -> const Format& {
      return text_of(options.options, kDirection) == "none" ? candump_plain : candump;
    },
    .sniff = sniff,
    .open = open_reader,
    .create = create_writer,
};

constinit const Format candump_plain = {
    .name = "candump-l",
    .title = "log as by candump -L",
    .extensions = {},
    .keeps = without_direction(kKeeps),
    .options = kOptions,
    .create = create_plain_writer,  // what it writes is read as candump
};
}  // namespace formats
}  // namespace can
