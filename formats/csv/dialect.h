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

/// The first line of `head`, without its end.
std::string_view first_line(std::string_view head);

}  // namespace can::csv
