// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cansuite/log.h"

namespace can {

/// Which messages of a store of vehicles are wanted.
struct StoredPart {
  std::string folder;                                               ///< of the store
  std::string vehicle;                                              ///< its name
  std::chrono::nanoseconds from = std::chrono::nanoseconds::min();  ///< since the epoch
  std::chrono::nanoseconds to = std::chrono::nanoseconds::max();    ///< messages before this
  /// Gets a text for each log of that time that someone removed. Null: that is an error.
  std::function<void(const std::string&)> on_removed{};
};

/// The logs that may have these messages, by their first time. Throws Errc::not_found for no store,
/// an unknown vehicle, a time without messages and, without on_removed, a log that someone removed;
/// Errc::io.
std::vector<std::string> stored_logs(const StoredPart& part);

/// Reads those logs as one; opens each when it is due. Messages before and behind the time come,
/// too. Throws as stored_logs().
std::unique_ptr<LogReader> open_stored_log(const StoredPart& part, const LogOptions& options,
                                           bool keep_going = false);

}  // namespace can
