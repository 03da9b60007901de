// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace can::csv {

constexpr std::string_view kHeader = "timestamp,arbitration_id,extended,remote,error,dlc,data";
/// Of python-can 2.0.0-alpha.2.
constexpr std::string_view kOldHeader =
    "timestamp, arbitration id, extended, remote, error, dlc, data";
constexpr std::string_view kExtendedHeader =
    "timestamp,arbitration_id,extended,remote,error,dlc,data,channel,fd,brs,esi,direction,raw_dlc";

/// The columns of a log.
enum class Dialect { none, python_can, extended };

/// The dialect with this header line, written by python-can or cansuite.
Dialect dialect_of(std::string_view header);

/// Whether `header` is python-can's, saved by a spreadsheet.
bool is_of_spreadsheet(std::string_view header);

/// A line that a spreadsheet saved, as python-can writes it: no quotes; where the separator is a
/// semicolon, the decimal sign is a comma.
std::string from_spreadsheet(std::string_view line);

/// Whether a spreadsheet would take the text for a formula: it begins with = + - @, a tab or a
/// carriage return, perhaps behind apostrophes.
bool is_formula(std::string_view text);

/// A text as a cell: in quotes where it has a comma or a quote; where it is a formula, in quotes
/// with an apostrophe in front, which keeps a spreadsheet from calculating it.
std::string text_cell(std::string_view text);

/// The text of a cell in quotes, without them and with single quotes inside.
std::string_view text_of_cell(std::string_view unquoted);

/// The first line of `head`, without its end.
std::string_view first_line(std::string_view head);

}  // namespace can::csv
