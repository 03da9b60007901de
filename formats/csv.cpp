// SPDX-License-Identifier: MIT
// The comma-separated log of python-can: one header line, then
//
//   timestamp,arbitration_id,extended,remote,error,dlc,data
//   1551774790.942758,0x123,0,0,0,4,3q2+7w==
//
// Source: python-can can/io/csv.py. dlc is the number of bytes, data is base64. python-can's reader
// takes exactly these columns, so what they lack goes into a dialect of its own, csv-extended:
//
//   ...,dlc,data,channel,fd,brs,esi,direction,raw_dlc
//   ...,4,3q2+7w==,can0,0,0,0,rx,4
//
// raw_dlc is the data length code, 0-15. The reader tells the dialects by the header line; the
// header of python-can 2.0.0-alpha.2, with blanks, is taken too. In python-can's dialect a frame of
// more than 8 bytes is read as CAN FD: nothing else can have that many. Spreadsheets save it with
// quotes or, where the comma is the decimal sign, with semicolons; so it is read, too.

#include <algorithm>
#include <array>
#include <string>

#include "formats/support/base64.h"
#include "formats/support/format.h"
#include "formats/support/line_log.h"
#include "formats/support/put_text.h"
#include "formats/support/recurring.h"
#include "formats/support/scanner.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_writer.h"
#include "formats/support/word_at.h"
#include "libcan/model/error.h"
#include "libcan/model/hex.h"

namespace can {
namespace {

constexpr std::string_view kHeader = "timestamp,arbitration_id,extended,remote,error,dlc,data";
constexpr std::string_view kOldHeader =
    "timestamp, arbitration id, extended, remote, error, dlc, data";
constexpr std::string_view kExtendedHeader =
    "timestamp,arbitration_id,extended,remote,error,dlc,data,channel,fd,brs,esi,direction,raw_dlc";
constexpr std::size_t kLongestLine = 256;  // 64 bytes are 88 characters

enum class Dialect { none, python_can, extended };

Dialect dialect_of(std::string_view header) {
  if (header == kExtendedHeader) return Dialect::extended;
  return header == kHeader || header == kOldHeader ? Dialect::python_can : Dialect::none;
}

/// What a spreadsheet made of a line, as python-can writes it.
std::string unspread(std::string_view line) {
  std::string out(line);
  std::erase(out, '"');
  if (out.find(';') == out.npos) return out;
  std::ranges::replace(out, ',', '.');
  std::ranges::replace(out, ';', ',');
  return out;
}

bool is_of_spreadsheet(std::string_view header) {
  return dialect_of(header) == Dialect::none && dialect_of(unspread(header)) == Dialect::python_can;
}

std::string_view first_line(std::string_view head) {
  return head.substr(0, head.find_first_of("\r\n"));
}

/// A name as a cell has it: in quotes where it holds what would end a cell.
std::string field_of(std::string_view name) {
  if (name.find_first_of(",\"") == name.npos) return std::string(name);
  std::string field = "\"";
  for (const char c : name) field.append(c == '"' ? 2 : 1, c);
  return field + '"';
}

class Reader final : public LineLogReader {
 public:
  explicit Reader(std::unique_ptr<Source> source) : LineLogReader(std::move(source)) {
    std::string_view header;
    if (!lines_.next(header)) return;
    read_header(header);
    if (header.starts_with("Time Stamp,ID,Extended,"))
      fail(Errc::corrupt, "{}: not a CSV log of python-can but of SavvyCAN: --from gvret reads it",
           lines_.where());
    if (dialect_ == Dialect::none)
      fail(Errc::corrupt, "{}: not a CSV log of python-can: expected the header {}, got {}",
           lines_.where(), kHeader, quote(header));
  }

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    read_lines(out, filled,
               [this](std::string_view line, Message& m) { return read_line(line, m); });
  }

 private:
  Line read_line(std::string_view line, Message& out) {
    const bool may_be_header = !line.empty() && (line[0] == kHeader[0] || line[0] == '"');
    if (line.empty() || (may_be_header && read_header(line))) return Line::other;
    if (spread_)
      parse(unspread(line), out);
    else
      parse(line, out);
    return Line::frame;
  }

  /// Also of a log that was joined to another.
  bool read_header(std::string_view line) {
    const bool spread = is_of_spreadsheet(line);
    const Dialect dialect = spread ? Dialect::python_can : dialect_of(line);
    if (dialect == Dialect::none) return false;
    dialect_ = dialect;
    spread_ = spread;
    return true;
  }

  void parse(std::string_view text, Message& out) {
    Scanner line(text);
    out.reset();
    out.timestamp = seconds(line);
    out.id = id(line);
    if (!read_usual(line, out)) read_flags_and_length(line, out);
    const std::string_view data = out.remote ? line.read_until(',') : data_of(line, out.length);
    out.fd = dialect_ == Dialect::extended ? extension(line, out) : out.length > 8;
    if (!line.done()) fail_expected("the end of the line", line.rest());
    if (const char* flaw = why_invalid(out)) fail(Errc::corrupt, "{}", flaw);
    const auto room = std::span(out.data).first(out.payload().size());
    if (!out.remote && parse_base64(data, room) != std::ssize(room)) no_data(room.size(), data);
  }

  /// "0,0,0,8,", three flags and a length of one digit, are looked at as one number.
  static bool read_usual(Scanner& line, Message& out) {
    using text_detail::word_at;
    constexpr std::uint64_t kZeros = 0x2C302C302C302C30;  // "0,0,0,0,"
    constexpr std::uint64_t kFlag = 1, kDigit = 0x0F;
    constexpr std::uint64_t kFree = kDigit << 48 | kFlag << 32 | kFlag << 16 | kFlag;
    const std::string_view rest = line.rest();
    if (rest.size() < sizeof kZeros) return false;
    const std::uint64_t value = word_at(rest.data()) ^ kZeros, length = value >> 48;
    if ((value & ~kFree) != 0 || length > 9) return false;
    out.extended = (value & kFlag) != 0;
    out.remote = (value >> 16 & kFlag) != 0;
    out.error = (value >> 32 & kFlag) != 0;
    out.length = static_cast<std::uint8_t>(length);
    line.skip(sizeof kZeros);
    return true;
  }

  void read_flags_and_length(Scanner& line, Message& out) {
    out.extended = flag(line);
    out.remote = flag(line);
    out.error = flag(line);
    out.length = static_cast<std::uint8_t>(number(line.read_until(','), 64));
  }

  /// The text of `length` bytes, with what parts it from the next column.
  std::string_view data_of(Scanner& line, std::size_t length) {
    const std::string_view rest = line.rest();
    const std::size_t size = base64_size(length);
    const bool there = rest.size() == size || (rest.size() > size && rest[size] == ',');
    if (!there) no_data(length, line.read_until(','));
    line.skip(size + 1);
    return rest.substr(0, size);
  }

  /// The further columns. Returns fd, which the caller sets.
  bool extension(Scanner& line, Message& out) {
    out.channel = line.peek() == '"' ? quoted_channel(line) : channels_.find(line.read_until(','));
    const bool fd = flag(line);
    out.brs = flag(line);
    out.esi = flag(line);
    const std::string_view direction = line.read_until(',');
    if (direction != "rx" && direction != "tx") fail_expected("rx or tx", direction);
    out.transmitted = direction == "tx";
    const auto dlc = static_cast<std::uint8_t>(number(line.read_until(','), 15));
    if (!fd && dlc > 8 && out.length == 8) out.raw_dlc = dlc;
    return fd;
  }

  /// "a name, in quotes", where "" is one quote.
  static Channel quoted_channel(Scanner& line) {
    std::string name;
    line.skip(1);
    for (;;) {
      name += line.read_until('"');
      if (!line.accept('"')) break;
      name += '"';
    }
    if (!line.accept(',')) fail_expected("a name in quotes", name);
    return Channel(name);
  }

  std::chrono::nanoseconds seconds(Scanner& line) {
    std::chrono::nanoseconds value{};
    const std::string_view before = line.rest();
    if (seconds_.read(line, value) && line.accept(',')) return value;
    line.go_back(before);
    const std::string_view text = line.read_until(',');
    if (!parse_seconds(text, value)) fail_expected("a time in seconds", text);
    return value;
  }

  std::uint32_t id(Scanner& line) {
    const std::string_view text = line.read_until(',');
    std::uint64_t value = 0;
    if (!text.starts_with("0x") || !parse_hex(text.substr(2), kExtendedIdMask, value))
      fail_expected("an arbitration id such as 0x123", text);
    return static_cast<std::uint32_t>(value);
  }

  std::uint64_t number(std::string_view text, std::uint64_t limit) {
    std::uint64_t value = 0;
    if (!parse_decimal(text, limit, value))
      fail_expected(fmt::format("a number from 0 to {}", limit), text);
    return value;
  }
  bool flag(Scanner& line) {
    const std::string_view rest = line.rest();
    const bool is_flag = !rest.empty() && (rest[0] == '0' || rest[0] == '1');
    if (!is_flag || (rest.size() > 1 && rest[1] != ','))
      fail_expected("0 or 1", line.read_until(','));
    line.skip(2);
    return rest[0] == '1';
  }

  [[noreturn]] static void no_data(std::size_t length, std::string_view got) {
    fail_expected(fmt::format("{} bytes in base64", length), got);
  }

  Dialect dialect_ = Dialect::none;
  bool spread_ = false;  // by a spreadsheet
  ChannelCache channels_;
  SecondsReader seconds_;
};

class Writer final : public LogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, Dialect dialect)
      : out_(std::move(sink)), extended_(dialect == Dialect::extended) {
    const std::string_view head = out_.sink().head();
    if (head.empty())
      out_.put(fmt::format("{}\n", extended_ ? kExtendedHeader : kHeader));
    else if (dialect_of(first_line(head)) != dialect)
      fail(Errc::unsupported, "{}: can't be appended to: it has other columns", out_.sink().name());
  }

  void write(std::span<const Message> messages) override {
    for (const Message& m : messages) {
      char* at = put(out_.room(kLongestLine), m);
      if (extended_) at = put_extension(at, m);
      *at++ = '\n';
      out_.advance(at);
    }
  }
  void flush() override { out_.flush(); }
  std::uint64_t size() const override { return out_.size(); }
  void close() override { out_.close(); }

 private:
  char* put(char* at, const Message& m) {
    at = m.timestamp.count() % 1000 == 0 ? time_.put_micros(at, m.timestamp)
                                         : time_.put_nanos(at, m.timestamp);
    at = put_text(at, ",0x");
    at = put_hex_number<HexCase::lower>(at, m.id, hex_digits(m.id));
    for (bool flag : {bool{m.extended}, bool{m.remote}, bool{m.error}})
      at = put_text(at, flag ? ",1" : ",0");
    *at++ = ',';
    at = put_decimal(at, m.length);
    *at++ = ',';
    return put_base64(at, m.payload());
  }

  char* put_extension(char* at, const Message& m) {
    *at++ = ',';
    at = put_text(at, channel_text(m.channel));
    for (bool flag : {bool{m.fd}, bool{m.brs}, bool{m.esi}}) at = put_text(at, flag ? ",1" : ",0");
    at = put_text(at, m.transmitted ? ",tx," : ",rx,");
    return put_decimal(at, dlc_of(m));
  }

  std::string_view channel_text(Channel channel) {
    if (channel != last_channel_) {
      last_channel_ = channel;
      channel_text_ = field_of(channel.name());
    }
    return channel_text_;
  }

  TextWriter out_;
  SecondsText time_;
  bool extended_;
  Channel last_channel_;
  std::string channel_text_;
};

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  return std::make_unique<Reader>(std::move(source));
}

template <Dialect kDialect>
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions&) {
  return std::make_unique<Writer>(std::move(sink), kDialect);
}

constexpr std::string_view kDialects[] = {"python-can", "extended"};
constexpr Option kDialectOption = {.name = "csv-dialect",
                                   .help = "columns of python-can, or all",
                                   .kind = OptionKind::word,
                                   .preset = kDialects[0],
                                   .words = kDialects};
constexpr Option kOptions[] = {kDialectOption};

template <Dialect kDialect>
int sniff(std::string_view head) {
  const std::string_view header = first_line(head);
  const bool spread = kDialect == Dialect::python_can && is_of_spreadsheet(header);
  return dialect_of(header) == kDialect || spread ? 100 : 0;
}

constexpr std::string_view kExtensions[] = {".csv"};

}  // namespace

namespace formats {
extern const Format csv, csv_extended;
constinit const Format csv = {
    .name = "csv",
    .title = "python-can CSV log",
    .extensions = kExtensions,
    .keeps = {.error = true, .error_detail = true, .remote = true},
    .first_line = kHeader,
    .appends = Appends::lines,
    .options = kOptions,
    .variant = [](const LogOptions& options) -> const Format& {
      return text_of(options.options, kDialectOption) == kDialects[1] ? csv_extended : csv;
    },
    .sniff = sniff<Dialect::python_can>,
    .open = open_reader,
    .create = create_writer<Dialect::python_can>,
};

constinit const Format csv_extended = {
    .name = "csv-extended",
    .title = "CSV log with all columns",
    .extensions = {},
    .keeps = keeps_all(),
    .first_line = kExtendedHeader,
    .appends = Appends::lines,
    .options = kOptions,
    .sniff = sniff<Dialect::extended>,
    .open = open_reader,
    .create = create_writer<Dialect::extended>,
};
}  // namespace formats
}  // namespace can
