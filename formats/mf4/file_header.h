// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/log.h"
#include "formats/mf4/block.h"

namespace can::mf4 {

/// What the ID and HD blocks say of a log, and the history (FH blocks).
struct FileHeader {
  std::uint16_t unfinished = 0;                    ///< bits of Unfinished; 0 for a completed log
  std::int64_t start = 0;                          ///< ns since the epoch
  std::uint64_t first_group = 0, first_event = 0;  ///< links
  std::string writer{};   ///< the program, or the recorder with its serial number
  std::string comment{};  ///< of a user; "" for none
};

/// Whether `head` is of ASAM MDF, of any version, finalized or not.
bool is_mdf(std::string_view head);

/// Throws Errc::corrupt, and Errc::unsupported for another version than 4.
FileHeader read_file_header(Blocks& blocks, const TimeZone& zone);

/// The text of the first XML element with this name in a comment: "<TX>text</TX>". With
/// `attribute`, of the first "e" element of that name: "<e name="serial number">2F6913DB</e>".
std::string element_of(std::string_view xml, std::string_view name);
std::string property_of(std::string_view xml, std::string_view name);

}  // namespace can::mf4
