// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "libcan/flow/summary.h"
#include "libcan/model/log.h"

namespace can::cli {

/// What canconvert --info tells of a log, besides the summary of its messages.
struct LogInfo {
  std::string file, format, writer;
};

/// On stdout, for people; `with_ids` adds a line an id.
void print_info(const LogInfo& info, const Summary& summary, bool with_ids);
/// The same and all ids, as one JSON object.
std::string info_json(const LogInfo& info, const Summary& summary);

}  // namespace can::cli
