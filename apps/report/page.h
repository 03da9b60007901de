// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cansuite/log.h"
#include "libcan/flow/log_statistics.h"
#include "libcan/signals/message_check.h"
#include "libcan/signals/signal_statistics.h"

namespace can::cli {

/// What DBC files say of a log.
struct ReportedSignals {
  signals::MessageCheck check;
  signals::SignalStatistics chosen;  ///< the signals that are drawn
};

/// A log in a report.
struct ReportedLog {
  std::string name, format, writer;
  LogStatistics statistics;
  std::optional<ReportedSignals> signals{};  ///< none without DBC files
  std::vector<std::string> events{};         ///< the first of them
  std::uint64_t event_count = 0;             ///< of all
  std::vector<std::string> warnings{};  ///< damaged places, and the error that ended the reading
};

/// The name of a message; "" for one that is not known.
using NameOf = std::function<std::string(const Message&)>;

/// Writes the report, one HTML page without scripts and without anything from elsewhere. The logs
/// behind the first one are compared with it. `name_of`: for a column of names; may be empty.
void write_page(const std::vector<ReportedLog>& logs, const NameOf& name_of,
                const std::function<void(const std::string&)>& write);

}  // namespace can::cli
