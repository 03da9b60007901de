// SPDX-License-Identifier: MIT
#pragma once

#include "libcan/flow/timekeeper.h"
#include "libcan/platform/signals.h"

namespace can::cli {

/// The system's clock; a signal requests the end.
class SignalTime final : public Timekeeper {
 public:
  /// `signals` must outlive it.
  explicit SignalTime(Signals& signals) : signals_(signals) {}
  Clock::time_point now() override { return Clock::now(); }
  bool end_wanted() override { return signals_.received() != 0; }
  bool wait_until(Clock::time_point due) override { return signals_.wait_until(due) == 0; }

 private:
  Signals& signals_;
};

}  // namespace can::cli
