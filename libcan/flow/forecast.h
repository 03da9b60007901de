// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "cansuite/log.h"
#include "cansuite/selection.h"
#include "libcan/flow/replay.h"

namespace can {

/// How long a replay will take. A thread of low priority replays the log to nowhere, by a clock
/// that jumps from message to message.
class Forecast {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  /// A replay as it will be.
  struct Plan {
    std::function<std::unique_ptr<LogReader>()> open;  ///< called on the thread
    Selection selection;
    Replay::Options options;
    Routes routes;            ///< not opened
    std::uint64_t loops = 1;  ///< how often the log is played
  };

  explicit Forecast(Plan plan);

  /// ReplayCounts::position at the end, as far as the log can be read; empty: not known yet. From
  /// any thread.
  std::optional<nanoseconds> length() const;

 private:
  static nanoseconds measure(Plan& plan, const std::stop_token& stop);

  std::atomic<nanoseconds> length_{nanoseconds(-1)};
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace can
