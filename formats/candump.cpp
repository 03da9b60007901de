// SPDX-License-Identifier: MIT
// The text log of candump -L and -l, which canplayer of can-utils reads:
//
//   (1551774790.942758) can0 123#DEADBEEF
//   (1551774790.942761) can1 123##1AABB T
//
// Source: can-utils candump.c, canplayer.c, lib.c. Seconds have 6 decimals, or 9; the last column,
// T or R, is the direction; without it a frame is taken as received. Only T is written: candump
// writes neither without -x, and Wireshark 4 takes no log that has one. Lines that don't start with
// '(' are comments or candump's DROPCOUNT: skipped, as there. Other than there, an id above 7FF in
// three digits, a classic frame of more than 8 bytes and text behind the frame are errors.

#include "formats/format.h"
#include "formats/support/channel_numbers.h"
#include "formats/support/recurring.h"
#include "formats/support/text.h"
#include "libcan/error.h"
#include "libcan/frame_text.h"

namespace can {
namespace {

using std::chrono::nanoseconds;

/// "(1551774790.942758)" and the blanks behind it.
bool take_time(Scanner& line, SecondsReader& seconds, nanoseconds& out) {
  if (!line.take('(')) return false;
  line.skip_blanks();
  if (!seconds.take(line, out) || !line.take(')')) return false;
  line.skip_blanks();
  return true;
}

/// Whether nothing but a frame is left, as in most lines: neither a blank nor a direction.
bool is_frame_alone(std::string_view rest) {
  const std::size_t size = rest.size();
  return size > 8 && (rest[3] == '#' || rest[8] == '#') && rest[size - 1] > ' ' &&
         rest[size - 2] > ' ';
}

bool is_direction(std::string_view word) {
  return word.size() == 1 && (word[0] == 'R' || word[0] == 'T' || word[0] == 'r' || word[0] == 't');
}

class Reader final : public LogReader {
 public:
  explicit Reader(std::unique_ptr<Source> source) : lines_(std::move(source)) {}

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    for (std::string_view line; filled < out.size() && lines_.next(line);) {
      if (!line.starts_with('('))
        foreign_ |= !line.empty() && line[0] != '#' && !line.starts_with("DROPCOUNT");
      else if (parse(line, out[filled]))
        ++filled;
    }
    known_ |= filled > 0;
    if (filled == 0 && foreign_ && !known_) refuse();
  }

 private:
  /// A whole file of lines to be skipped is no log.
  void refuse() {
    known_ = true;
    fail(Errc::corrupt, "{}: not a candump log: no line starts with a time in parentheses",
         lines_.name());
  }

  bool parse(std::string_view text, Message& out) try {
    Scanner line(text);
    out.reset();
    if (!take_time(line, seconds_, out.timestamp))
      fail(Errc::corrupt, "expected a time in parentheses, got {}", quote(text));
    out.channel = take_channel(line);
    if (!is_frame_alone(line.rest())) return take_frame_and_direction(line, out);
    parse_frame(line.rest(), out);
    return true;
  } catch (const Error& error) {
    lines_.fail_here(error);
  }

  Channel take_channel(Scanner& line) {
    Channel channel;
    const std::string_view text = line.rest();
    if (channels_.take(line, channel)) {
      line.skip_blanks();
      return channel;
    }
    channel = Channel(line.take_word());
    if (!line.done()) channels_.remember(line.taken_from(text), channel);
    return channel;
  }

  bool take_frame_and_direction(Scanner& line, Message& out) {
    const std::string_view frame = line.take_word(), direction = line.take_word();
    if (frame == "ERROR") return false;  // cantools writes such lines; they tell nothing
    parse_frame(frame, out);
    if (!line.done() || (!direction.empty() && !is_direction(direction)))
      fail(Errc::corrupt, "expected R or T behind the frame, got {}", quote(direction));
    out.transmitted = !direction.empty() && (direction[0] | 0x20) == 't';
    return true;
  }

  LineReader lines_;
  SecondsReader seconds_;
  RecurringChannels channels_;
  bool known_ = false, foreign_ = false;  // lines that were frames, and that were nothing at all
};

class Writer final : public LogWriter {
 public:
  explicit Writer(std::unique_ptr<Sink> sink) : out_(std::move(sink)) {}

  void write(std::span<const Message> messages) override {
    for (const Message& m : messages) {
      const std::string_view name = names_.name(m.channel);
      char* at = out_.room(SecondsText::kLongest + 16 + kLongestFrameText + 8);
      *at++ = '(';
      at = time_.put_micros(at, m.timestamp);
      at = put_text(at, ") ");
      at = put_text(at, name);
      *at++ = ' ';
      at = put_frame(at, m);
      at = put_text(at, m.transmitted ? " T\n" : "\n");
      out_.advance(at);
    }
  }
  void comment(std::string_view text) override { out_.put(fmt::format("# {}\n", text)); }
  void flush() override { out_.flush(); }
  std::uint64_t size() const override { return out_.size(); }
  void close() override { out_.close(); }

 private:
  TextWriter out_;
  SecondsText time_{10};
  InterfaceNames names_;
};

int sniff(std::string_view head) {
  for (LineReader lines(memory_source(std::string(head)));;) {
    std::string_view line;
    if (!lines.next(line)) return 0;
    Scanner scanner(line);
    SecondsReader seconds;
    nanoseconds time;
    if (take_time(scanner, seconds, time)) {
      scanner.take_word();  // the channel
      const std::string_view frame = scanner.take_word();
      return frame.find('#') != frame.npos || frame == "ERROR" ? 80 : 0;
    }
    if (!line.starts_with('#') && !line.empty()) return 0;
  }
}

constexpr std::string_view kExtensions[] = {".log"};

}  // namespace

namespace formats {
extern const Format candump;
constinit const Format candump = {
    .name = "candump",
    .title = "can-utils candump log",
    .extensions = kExtensions,
    .keeps = keeps_all(std::chrono::microseconds(1)),
    .appends = Appends::lines,
    .sniff = sniff,
    .open = [](std::unique_ptr<Source> in, const LogOptions&) -> std::unique_ptr<LogReader> {
      return std::make_unique<Reader>(std::move(in));
    },
    .create = [](std::unique_ptr<Sink> out, const LogOptions&) -> std::unique_ptr<LogWriter> {
      return std::make_unique<Writer>(std::move(out));
    },
};
}  // namespace formats
}  // namespace can
