// SPDX-License-Identifier: MIT
// The comma-separated log of python-can: one header line, then
//
//   timestamp,arbitration_id,extended,remote,error,dlc,data
//   1551774790.942758,0x123,0,0,0,4,3q2+7w==
//
// Source: python-can can/io/csv.py. dlc is the number of bytes, data is base64. python-can's reader
// accepts these columns only, so a dialect, csv-extended, has further ones:
//
//   ...,dlc,data,channel,fd,brs,esi,direction,raw_dlc
//   ...,4,3q2+7w==,can0,0,0,0,rx,4
//
// raw_dlc is the data length code, 0-15. The header line defines the dialect. The header of
// python-can 2.0.0-alpha.2, with blanks, is read, too. In python-can's dialect a frame of more than
// 8 bytes is read as CAN FD. Logs saved by a spreadsheet are read: with quotes, or with semicolons
// where the comma is the decimal sign.
//
// A name that a spreadsheet would take for a formula has an apostrophe in front, in quotes:
// "'=1+1". A reader takes it off. Base64 may begin with +, but has no character of a call or a
// cell.

#include "formats/csv/csv.h"

namespace can {
namespace {

using csv::Dialect;

constexpr std::string_view kDialects[] = {"python-can", "extended"};
constexpr Option kDialectOption = {.name = "csv-dialect",
                                   .help = "columns of python-can, or all",
                                   .kind = OptionKind::word,
                                   .preset = kDialects[0],
                                   .words = kDialects};
constexpr Option kOptions[] = {kDialectOption};

template <Dialect kDialect>
int sniff(std::string_view head) {
  const std::string_view header = csv::first_line(head);
  const bool spread = kDialect == Dialect::python_can && csv::is_of_spreadsheet(header);
  return csv::dialect_of(header) == kDialect || spread ? 100 : 0;
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
    .first_line = csv::kHeader,
    .appends = Appends::lines,
    .options = kOptions,
    .variant = [](const LogOptions& options) -> const Format& {
      return text_of(options.options, kDialectOption) == kDialects[1] ? csv_extended : csv;
    },
    .sniff = sniff<Dialect::python_can>,
    .open = csv::open_reader,
    .create = csv::create_writer<Dialect::python_can>,
};

constinit const Format csv_extended = {
    .name = "csv-extended",
    .title = "CSV log with all columns",
    .extensions = {},
    .keeps = keeps_all(),
    .first_line = csv::kExtendedHeader,
    .appends = Appends::lines,
    .options = kOptions,
    .sniff = sniff<Dialect::extended>,
    .open = csv::open_reader,
    .create = csv::create_writer<Dialect::extended>,
};
}  // namespace formats
}  // namespace can
