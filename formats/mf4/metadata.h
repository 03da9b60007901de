// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/mf4/layouts.h"

namespace can::mf4 {

/// The first blocks of a log that isn't completed, from the ID block on.
/// `start`: ns since the epoch, 0 or later.
std::string log_head(std::int64_t start);

// Places in these blocks.
constexpr std::uint64_t kUnfinishedAt = 60;                       ///< u16: 0 completes a log
constexpr std::uint64_t kFirstGroupAt = 88, kFirstEventAt = 120;  ///< links of the HD block
constexpr std::string_view kFinished = "MDF     ";                ///< completes a log, at 0

/// The blocks of a data group with one channel group.
struct GroupImage {
  std::string bytes{};
  std::uint64_t offset = 0;    ///< of the DG block
  std::uint64_t count_at = 0;  ///< of the number of records, u64
  std::uint64_t data_at = 0;   ///< of the link to its first DL block
};
/// `at`: where it is written. `number`: of the bus.
GroupImage group_image(std::uint64_t at, const Layout& layout, unsigned number);

/// A marker. Its link to the next event is the first one.
std::string event_image(std::uint64_t at, std::string_view text, std::int64_t time,
                        std::uint64_t& offset);

}  // namespace can::mf4
