// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <string>

#include "formats/csv/csv.h"
#include "formats/support/base64.h"
#include "formats/support/csv_cell.h"
#include "formats/support/line_log.h"
#include "formats/support/recurring.h"
#include "formats/support/scanner.h"
#include "formats/support/word_at.h"
#include "libcan/model/fail.h"

namespace can::csv {
namespace {

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
      parse(from_spreadsheet(line), out);
    else
      parse(line, out);
    return Line::frame;
  }

  /// Reads a header line, the first one or that of a joined log. False for another line.
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

  /// Reads "0,0,0,8,", three flags and a length of one digit, as one number of 8 bytes.
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

  /// The base64 text of `length` bytes. Skips the separator behind it.
  std::string_view data_of(Scanner& line, std::size_t length) {
    const std::string_view rest = line.rest();
    const std::size_t size = base64_size(length);
    const bool there = rest.size() == size || (rest.size() > size && rest[size] == ',');
    if (!there) no_data(length, line.read_until(','));
    line.skip(size + 1);
    return rest.substr(0, size);
  }

  /// Reads the columns of the extended dialect. Returns fd, which the caller sets.
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

  /// "a name, in quotes", where two quotes are one.
  static Channel quoted_channel(Scanner& line) {
    std::string name;
    line.skip(1);
    for (;;) {
      name += line.read_until('"');
      if (!line.accept('"')) break;
      name += '"';
    }
    if (!line.accept(',')) fail_expected("a name in quotes", name);
    return Channel(text_of_cell(name));
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
  bool spread_ = false;  // saved by a spreadsheet
  ChannelCache channels_;
  SecondsReader seconds_;
};

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  return std::make_unique<Reader>(std::move(source));
}

}  // namespace can::csv
