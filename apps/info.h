// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cansuite/log.h"
#include "cansuite/summary.h"

namespace can::cli {

/// The facts about a log in canconvert --info, besides the summary of its messages.
struct LogInfo {
  std::string file, format, writer;
};

/// Text on stdout, for people; `with_ids` adds a line for each id.
void print_info(const LogInfo& info, const Summary& summary, bool with_ids);
/// One JSON object with the same facts and all ids.
std::string info_json(const LogInfo& info, const Summary& summary);

}  // namespace can::cli
