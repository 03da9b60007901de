// SPDX-License-Identifier: MIT
// The text log of CSS Electronics' CL1000, CL2000 and CL3000; read only:
//
//   # Logger type: CL2000
//   # Time: 20170101T022232
//   # Value separator: ";"
//   Timestamp;Type;ID;Data
//   01T022231683;8;7df;02010d5555555555
//
// Source: the manual of the CLX000 series, "Log file"; Wireshark's wiretap/cllog.c. The columns,
// the separators and the units of a time are configurable. The missing larger units of a time are
// those of the header's Time, and then of the line before. The zone of the clock is not stored; it
// comes from LogOptions. Type is 0 or 8 for a standard id, 1 or 9 for an extended one; 8 and 9 are
// transmitted. Lost is the number of messages that the logger missed, which becomes a warning.

#include "cansuite/formats.h"
#include "formats/clx000/clock.h"
#include "formats/support/rows.h"
#include "formats/support/scanner.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

constexpr std::string_view kSignature = "# Logger type:", kFirst = "Timestamp";

/// The value of a line "# name: value" with this name; else "".
std::string_view value_of(std::string_view line, std::string_view name) {
  Scanner scanner(line);
  scanner.accept('#');
  scanner.skip_blanks();
  if (scanner.read_until(':') != name) return {};
  scanner.skip_blanks();
  return scanner.rest();
}

class Reader final : public RowReader {
 public:
  Reader(std::unique_ptr<Source> source, const TimeZone& zone)
      : RowReader(std::move(source), ';', kFirst), clock_(zone) {
    read_first_header();
  }

  std::string writer() const override { return writer_; }

 private:
  void read_header(std::string_view line) override {
    if (!line.starts_with('#')) return read_columns(line);
    if (const std::string_view type = value_of(line, "Logger type"); !type.empty()) writer_ = type;
    if (const std::string_view rev = value_of(line, "FW rev"); !rev.empty())
      writer_ += fmt::format(" {}", rev);
    const std::string_view separator = value_of(line, "Value separator");
    if (separator.size() == 3) separator_ = separator[1];  // quoted
    const std::string_view start = value_of(line, "Time");
    if (!start.empty() && !clock_.start(start)) fail_expected("a time as 20170101T022232", start);
  }

  void read_columns(std::string_view line) {
    Cells names;
    names.cut(line, separator_);
    const Columns found = {.type = names.find("Type"),
                           .id = names.find("ID"),
                           .lost = names.find("Lost"),
                           .length = names.find("Length"),
                           .data = names.find("Data")};
    if (names[0] != kFirst || found.id == Cells::kMax || found.data == Cells::kMax)
      fail_expected("the columns Timestamp, ID and Data", line);
    columns_ = found;
  }

  void parse(const Cells& row, Message& out) override {
    if (!clock_.read(row[0], out.timestamp)) fail_expected("a time of the logger", row[0]);
    out.id = id_cell(row[columns_.id]);
    out.extended = out.id > kStandardIdMask;
    if (columns_.type != Cells::kMax) read_type(row[columns_.type], out);
    out.length = data_cell(row[columns_.data], std::span(out.data).first(8));
    if (columns_.length != Cells::kMax &&
        decimal_cell(row[columns_.length], "a length of 0 to 8", 8) != out.length)
      fail_expected(fmt::format("{} bytes in hexadecimal", row[columns_.length]),
                    row[columns_.data]);
    if (columns_.lost != Cells::kMax) report_lost(row[columns_.lost]);
  }

  static void read_type(std::string_view type, Message& out) {
    if (type != "0" && type != "1" && type != "8" && type != "9")
      fail_expected("a type 0, 1, 8 or 9", type);
    out.extended = type == "1" || type == "9";
    out.transmitted = type == "8" || type == "9";
  }

  void report_lost(std::string_view cell) {
    if (const auto lost = decimal_cell(cell, "a number of lost messages", UINT32_MAX); lost > 0)
      warn(fmt::format("{}: the logger lost {} message{}", lines_.where(), lost,
                       lost == 1 ? "" : "s"));
  }

  clx000::Clock clock_;
  std::string writer_;
  struct Columns {
    std::size_t type = 0, id = 0, lost = 0, length = 0, data = 0;
  };

  Columns columns_;  // those of the last header that could be understood
};

int sniff(std::string_view head) {
  if (head.starts_with(kSignature)) return 90;
  return head.starts_with("Timestamp;Type;ID;Data") ? 80 : 0;
}

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options) {
  return std::make_unique<Reader>(std::move(source), options.zone);
}

}  // namespace

namespace formats {
extern const Format clx000;
constinit const Format clx000 = {
    .name = "clx000",
    .title = "CLX000 log",
    .extensions = {},
    .keeps = {.direction = true, .step = std::chrono::milliseconds(1)},
    .sniff = sniff,
    .open = open_reader,
};
}  // namespace formats
}  // namespace can
