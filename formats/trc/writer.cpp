// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "formats/support/channel_numbers.h"
#include "formats/support/put_text.h"
#include "formats/support/text_log_writer.h"
#include "formats/trc/error_record.h"
#include "formats/trc/start_time.h"
#include "formats/trc/trc.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/floor_rest.h"
#include "libcan/model/hex.h"

namespace can::trc {
namespace {

using std::chrono::nanoseconds;

constexpr std::string_view kStart = ";$STARTTIME=";
constexpr std::string_view kRule =
    ";-------------------------------------------------------------------------------\r\n";
constexpr std::string_view kHead21 = ";$FILEVERSION=2.1\r\n", kHead11 = ";$FILEVERSION=1.1\r\n";
constexpr std::string_view kColumns21 = ";$COLUMNS=N,O,T,B,I,d,R,L,D\r\n";
constexpr std::string_view kLegend21 =
    ";   Message   Time    Type    ID     Rx/Tx\r\n"
    ";   Number    Offset  |  Bus  [hex]  |  Reserved\r\n"
    ";   |         [ms]    |  |    |      |  |  Data Length Code\r\n"
    ";   |         |       |  |    |      |  |  |    Data [hex] ...\r\n"
    ";   |         |       |  |    |      |  |  |    |\r\n"
    ";---+-- ------+------ +- +- --+----- +- +- +--- +- -- -- -- -- -- -- --\r\n";
constexpr std::string_view kLegend11 =
    ";   Message Number\r\n"
    ";   |         Time Offset (ms)\r\n"
    ";   |         |        Type\r\n"
    ";   |         |        |        ID (hex)\r\n"
    ";   |         |        |        |     Data Length\r\n"
    ";   |         |        |        |     |   Data Bytes (hex) ...\r\n"
    ";   |         |        |        |     |   |\r\n"
    ";---+--   ----+----  --+--  ----+---  +  -+ -- -- -- -- -- -- --\r\n";

constexpr std::size_t kLongestRow = 320;  // characters: 64 bytes of three, about 60 before them

/// Writes `text` of `size` characters, right-aligned in `width`.
char* put_right(char* at, const char* text, std::size_t size, std::size_t width) {
  if (size < width) at = put_blanks(at, width - size);
  return put_text(at, {text, size});
}

char* put_number(char* at, std::uint64_t number, std::size_t width) {
  char digits[20];
  const char* end = put_decimal(digits, number);
  return put_right(at, digits, static_cast<std::size_t>(end - digits), width);
}

/// Writes a time in units of 10^-decimals ms: "17535.400".
template <std::uint64_t scale, int decimals>
char* put_offset(char* at, std::int64_t units, std::size_t width) {
  *at++ = ' ';  // also before a number as wide as its column
  char text[32];
  char* end = text;
  if (units < 0) *end++ = '-';
  const std::uint64_t size =
      units < 0 ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
  end = put_decimal(end, size / scale);
  *end++ = '.';
  std::uint64_t rest = size % scale;
  for (int i = decimals; i-- > 0; rest /= 10) end[i] = static_cast<char>('0' + rest % 10);
  return put_right(at, text, static_cast<std::size_t>(end + decimals - text), width);
}

/// The quotient, rounded down also below 0.
std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0);
}

std::string_view type_of(const Message& m) {
  if (m.error) return " ER ";
  if (m.remote) return " RR ";
  if (!m.fd) return " DT ";
  return m.brs ? (m.esi ? " BI " : " FB ") : (m.esi ? " FE " : " FD ");
}

char* put_id(char* at, const Message& m) {
  constexpr std::size_t kWidth = 8;
  if (!m.extended) at = put_blanks(at, kWidth - 4);
  return put_hex_number<HexCase::upper>(at, m.id, m.extended ? 8 : 4);
}

/// Writes bytes with one blank between two.
char* put_bytes(char* at, std::span<const std::uint8_t> bytes) {
  char* end = put_hex_spaced<HexCase::upper>(at, bytes);
  return bytes.empty() ? end : end - 1;
}

class Writer final : public TextLogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options, Version version)
      : TextLogWriter(std::move(sink)),
        zone_(options.zone),
        version_(version),
        numbers_(options.channel) {}

  void write(std::span<const Message> messages) override {
    if (messages.empty()) return;
    if (!start_) put_head(messages.front().timestamp);
    for (const Message& m : messages) {
      char* at = out_.room(kLongestRow);
      ++number_;
      at = version_ == Version::v2_1 ? put_row21(at, m) : put_row11(at, m);
      out_.advance(put_text(at, "\r\n"));
    }
  }
  bool put_event(std::string_view text, std::optional<nanoseconds>) override {
    if (start_) out_.put(fmt::format(";   {}\r\n", escaped(text)));
    return start_.has_value();
  }
  void close() override {
    if (!start_) put_head(nanoseconds(0));
    out_.close();
  }

 private:
  /// The unit of the version's times, ns.
  std::int64_t unit() const { return version_ == Version::v2_1 ? 1'000 : 100'000; }

  void put_head(nanoseconds first) {
    const nanoseconds start = floor_to(first, nanoseconds(unit()));
    const bool v21 = version_ == Version::v2_1;
    const CivilTime t = to_civil(start, zone_);
    const std::string text = start_time_text(start, zone_);
    // The start is the time that a reader gets: an hour that occurs twice is read as the first one.
    if (start_.emplace(start); !parse_start_time(text, zone_, *start_)) start_ = start;
    out_.put(v21 ? kHead21 : kHead11);
    out_.put(fmt::format("{}{}\r\n", kStart, text));
    if (v21) out_.put(kColumns21);
    out_.put(
        fmt::format(";\r\n;   Start time: {:02}.{:02}.{:04} {:02}:{:02}:{:02}.{:03}.{}\r\n"
                    ";   Generated by cansuite\r\n",
                    t.day, t.month, t.year, t.hour, t.minute, t.second, t.nanosecond / 1'000'000,
                    v21 ? fmt::format("{:03}", t.nanosecond / 1000 % 1000) : "0"));
    out_.put(v21 ? kRule : ";\r\n");
    out_.put(v21 ? kLegend21 : kLegend11);
  }

  /// The time since the start in units, saturated.
  std::int64_t offset(const Message& m) const {
    std::int64_t time;
    if (__builtin_sub_overflow(m.timestamp.count(), start_->count(), &time))
      time = m.timestamp.count() < 0 ? INT64_MIN : INT64_MAX;
    return floor_div(time, unit());
  }

  //      1      2501.000 DT 2      00C8 Tx -  8    09 08 07 06 05 04 03 02
  char* put_row21(char* at, const Message& m) {
    at = put_number(at, number_, 7);
    at = put_offset<1000, 3>(at, offset(m), 13);
    at = put_text(at, type_of(m));
    char* bus = at;
    at = put_decimal(at, numbers_.number(m.channel));
    at = put_blanks(at, static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, bus + 2 - at)));
    if (m.error)
      at = put_text(at, "       -");
    else
      at = put_id(at, m);
    at = put_text(at, m.transmitted ? " Tx -  " : " Rx -  ");
    if (m.error) return put_bytes(put_text(at, "5    "), error_record(m));
    char* length = at;
    at = put_decimal(at, dlc_of(m));
    if (m.payload().empty()) return at;
    at = put_blanks(at, static_cast<std::size_t>(length + 5 - at));
    return put_bytes(at, m.payload());
  }

  //      1)        37.4  Rx         06A1  8  0A 00 50 50 FF FF FF FF
  char* put_row11(char* at, const Message& m) const {
    at = put_number(at, number_, 6);
    at = put_text(at, ")");
    at = put_offset<10, 1>(at, offset(m), 11);
    at = put_text(at, m.error ? "  Error  " : m.transmitted ? "  Tx     " : "  Rx     ");
    if (m.error) {
      const ErrorRecord record = error_record(m);
      at = put_text(put_hex_number<HexCase::upper>(put_text(at, "    "), record[0], 4), "  4  ");
      return put_bytes(at, std::span(record).subspan(1));
    }
    at = put_text(put_id(at, m), "  ");
    at = put_text(put_decimal(at, m.length), "  ");
    return m.remote ? put_text(at, "RTR") : put_bytes(at, m.payload());
  }

  TimeZone zone_;
  Version version_;
  ChannelNumbers numbers_;
  std::optional<nanoseconds> start_;  // of the log; set once its header is written
  std::uint64_t number_ = 0;
};

}  // namespace

template <Version kVersion>
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options) {
  return std::make_unique<Writer>(std::move(sink), options, kVersion);
}
template std::unique_ptr<LogWriter> create_writer<Version::v1_1>(std::unique_ptr<Sink>,
                                                                 const LogOptions&);
template std::unique_ptr<LogWriter> create_writer<Version::v2_1>(std::unique_ptr<Sink>,
                                                                 const LogOptions&);

}  // namespace can::trc
