// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cansuite/log.h"
#include "cansuite/summary.h"
#include "libcan/signals/message_check.h"

namespace can::cli {

/// The facts about a log in canconvert --info, besides the summary of its messages.
struct LogInfo {
  static constexpr std::size_t kShown = 10;

  std::string file, format, writer;
  std::vector<std::string> events{};  ///< the first kShown of them, a line each
  std::uint64_t event_count = 0;      ///< of all

  void add(const LogEvent& event);
  std::optional<signals::MessageCheck> check{};  // with --dbc
};

/// Text on stdout, for people; `with_ids` adds a line for each id.
void print_info(const LogInfo& info, const Summary& summary, bool with_ids);
/// One JSON object with the same facts and all ids.
std::string info_json(const LogInfo& info, const Summary& summary);

}  // namespace can::cli
