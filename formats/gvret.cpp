// SPDX-License-Identifier: MIT
// SavvyCAN's own CSV, which GVRET devices also write to their cards; read only:
//
//   Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8
//   166064000,0000021A,false,Rx,0,8,FE,36,12,FE,69,05,07,AD,
//
// Source: SavvyCAN framefileio.cpp (saveNativeCSVFile, loadNativeCSVFile) and its
// examples/GVRET_Log.csv. Times are microseconds since the device was switched on. Logs from before
// 2016 have no column Dir. The first bus, 0, is channel 1. A CAN FD frame can't be read: SavvyCAN
// writes its length and 8 bytes.
//
// The format is read when a user names it. A file that ends with .csv is python-can's.

#include <algorithm>

#include "cansuite/formats.h"
#include "formats/support/channel_numbers.h"
#include "formats/support/rows.h"
#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

constexpr std::uint64_t kMaxMicros = INT64_MAX / 1000, kMaxBuses = 255;

class Reader final : public RowReader {
 public:
  explicit Reader(std::unique_ptr<Source> source)
      : RowReader(std::move(source), ',', "Time Stamp") {
    read_first_header();
  }

 private:
  void read_header(std::string_view line) override {
    if (!find_columns(line)) fail_expected("SavvyCAN's columns Time Stamp,ID,...,LEN,D1,...", line);
  }

  bool find_columns(std::string_view header) try {
    Cells names;
    names.cut(header, separator_);
    const Columns found = {.extended = names.find("Extended"),
                           .direction = names.find("Dir"),
                           .bus = names.find("Bus"),
                           .length = names.find("LEN"),
                           .data = names.find("D1")};
    if (names[0] != "Time Stamp" || names[1] != "ID" ||
        std::max({found.extended, found.bus, found.length, found.data}) >= names.size())
      return false;
    columns_ = found;
    return true;
  } catch (const Error&) {
    return false;
  }

  void parse(const Cells& row, Message& out) override {
    const auto micros = decimal_cell(row[0], "a time in microseconds", kMaxMicros);
    out.timestamp = std::chrono::microseconds(static_cast<std::int64_t>(micros));
    out.id = id_cell(row[1]);
    out.extended = either(row[columns_.extended], "true", "false");  // Excel makes it TRUE
    out.transmitted =
        columns_.direction != Cells::kMax && either(row[columns_.direction], "tx", "rx");
    const auto bus = decimal_cell(row[columns_.bus], "the number of a bus", kMaxBuses);
    out.channel = channels_.channel(static_cast<unsigned>(bus) + 1);
    out.length =
        static_cast<std::uint8_t>(decimal_cell(row[columns_.length], "a length of 0 to 8", 8));
    for (std::size_t i = 0; i < out.length; ++i)
      if (data_cell(row[columns_.data + i], std::span(out.data).subspan(i, 1)) != 1)
        fail(Errc::invalid, "expected {} bytes, got {}", int{out.length}, i);
  }

  static bool either(std::string_view cell, std::string_view yes, std::string_view no) {
    const bool is_yes = same_word(cell, yes);
    if (!is_yes && !same_word(cell, no)) fail_expected(fmt::format("{} or {}", yes, no), cell);
    return is_yes;
  }

  struct Columns {
    std::size_t extended = 0, direction = 0, bus = 0, length = 0, data = 0;
  };

  Columns columns_;  // those of the last header that could be understood
  NumberedChannels channels_;
};

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  return std::make_unique<Reader>(std::move(source));
}

}  // namespace

namespace formats {
extern const Format gvret;
constinit const Format gvret = {
    .name = "gvret",
    .title = "SavvyCAN CSV log",
    .extensions = {},
    .keeps = {.direction = true,
              .channel = KeepsChannel::number,
              .step = std::chrono::microseconds(1)},
    .open = open_reader,
};
}  // namespace formats
}  // namespace can
