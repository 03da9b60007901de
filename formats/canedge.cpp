// SPDX-License-Identifier: MIT
// The CSV of CSS Electronics' mdf2csv, from the MF4 logs of a CANedge; read only:
//
//   TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;ESI;RTR;DataBytes
//   1597220160.123450;1;7DF;0;8;8;0;0;0;0;0;02010D5555555555
//
// Source: the manual of css-electronics' mdf4-converters and its output; webCAN writes the same.
// The columns may be in any order. The first, ID, IDE and DataBytes are required; ESI and RTR were
// added later. The separator is the character behind the first name. Dir is 1 for Tx. DLC is the
// code. ID and DataBytes are hexadecimal.

#include <array>

#include "cansuite/formats.h"
#include "formats/support/rows.h"
#include "formats/support/scanner.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

enum Column { kTime, kChannel, kId, kIde, kDlc, kLength, kDir, kEdl, kBrs, kEsi, kRtr, kData };
constexpr std::array<std::string_view, 12> kNames = {"TimestampEpoch",
                                                     "BusChannel",
                                                     "ID",
                                                     "IDE",
                                                     "DLC",
                                                     "DataLength",
                                                     "Dir",
                                                     "EDL",
                                                     "BRS",
                                                     "ESI",
                                                     "RTR",
                                                     "DataBytes"};

class Reader final : public RowReader {
 public:
  explicit Reader(std::unique_ptr<Source> source)
      : RowReader(std::move(source), ';', kNames[kTime]) {
    read_first_header();
  }

 private:
  void read_header(std::string_view line) override {
    if (!find_columns(line))
      fail_expected(fmt::format("the columns {};...;ID;IDE;...;DataBytes", kNames[kTime]), line);
  }

  bool find_columns(std::string_view header) try {
    const std::string_view first = kNames[kTime];
    if (!header.starts_with(first) || header.size() == first.size()) return false;
    const char separator = header[first.size()];
    Cells names;
    names.cut(header, separator);
    std::array<std::size_t, kNames.size()> found;
    for (std::size_t i = 0; i < kNames.size(); ++i) found[i] = names.find(kNames[i]);
    for (const Column needed : {kTime, kId, kIde, kData})
      if (found[needed] == Cells::kMax) return false;
    separator_ = separator;
    places_ = found;
    return true;
  } catch (const Error&) {
    return false;
  }

  void parse(const Cells& row, Message& out) override {
    const auto flag = [&](Column column) {
      return there(column) && flag_cell(row[places_[column]]);
    };
    if (!parse_seconds(row[places_[kTime]], out.timestamp))
      fail_expected("a time in seconds", row[places_[kTime]]);
    out.channel = channels_.find(row[places_[kChannel]]);
    out.id = id_cell(row[places_[kId]]);
    out.extended = flag(kIde);
    out.transmitted = flag(kDir);
    out.fd = flag(kEdl);
    out.brs = flag(kBrs);
    out.esi = flag(kEsi);
    out.remote = flag(kRtr);
    read_data(row, out);
  }

  void read_data(const Cells& row, Message& out) const {
    const std::string_view data = row[places_[kData]];
    out.length = data_cell(data, out.data);
    std::uint64_t length = out.length, dlc = dlc_of(out);
    if (there(kLength)) length = decimal_cell(row[places_[kLength]], "a length of 0 to 64", 64);
    if (there(kDlc)) dlc = decimal_cell(row[places_[kDlc]], "a data length code, 0 to 15", 15);
    if (out.remote)
      set_dlc(out, static_cast<std::uint8_t>(dlc));  // no data, whatever DataLength is
    else if (length != out.length)
      fail_expected(fmt::format("{} bytes in hexadecimal", length), data);
    else if (!out.fd && dlc > 8 && length == 8)
      out.raw_dlc = static_cast<std::uint8_t>(dlc);
  }

  bool there(Column column) const { return places_[column] != Cells::kMax; }

  std::array<std::size_t, kNames.size()> places_{};  // of the last header that was understood
  ChannelCache channels_;
};

int sniff(std::string_view head) { return head.starts_with(kNames[kTime]) ? 90 : 0; }

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  return std::make_unique<Reader>(std::move(source));
}

}  // namespace

namespace formats {
extern const Format canedge;
constinit const Format canedge = {
    .name = "canedge",
    .title = "CANedge CSV log",
    .extensions = {},
    .keeps = {.fd = true,
              .remote = true,
              .direction = true,
              .raw_dlc = true,
              .channel = KeepsChannel::number},
    .sniff = sniff,
    .open = open_reader,
};
}  // namespace formats
}  // namespace can
