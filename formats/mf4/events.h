// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/mf4/block.h"
#include "formats/mf4/file_header.h"

namespace can::mf4 {

/// An event of the log: an EV block, or the comment of the log.
struct Event {
  std::int64_t time = 0;  ///< ns since the start of the log
  std::string text{};     ///< for people: "marker 'overtaking'"
  std::string remark{};   ///< of a user: "overtaking"; "" for none
};

/// The comment of the log and the first 10,000 events by time. Damage ends the list, and is
/// appended to `problems`.
std::vector<Event> read_events(Blocks& blocks, const FileHeader& header,
                               std::vector<std::string>& problems);

/// The type of an event that a marker has.
constexpr std::uint8_t kMarker = 6;

}  // namespace can::mf4
