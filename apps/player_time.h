// SPDX-License-Identifier: MIT
#pragma once

#include <termios.h>

#include <optional>

#include "libcan/flow/timekeeper.h"
#include "libcan/platform/descriptor.h"
#include "libcan/platform/signals.h"

namespace can::cli {

/// The keys of a terminal, without Enter and without echo while this exists.
class Keys {
 public:
  /// Takes the terminal of standard input where that is `wanted`; without one it does nothing.
  explicit Keys(bool wanted);
  ~Keys() { restore(); }
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  /// For poll(2); -1 while there is no terminal, or the program is in its background.
  int descriptor() const { return usual_ && in_foreground() ? 0 : -1; }
  char read();     ///< '\0': no key
  void restore();  ///< before the program leaves without destructors

 private:
  static bool in_foreground();

  std::optional<termios> usual_;
};

/// The clock of a replay: a signal requests the end, the space key pauses.
class PlayerTime final : public Timekeeper {
 public:
  PlayerTime(Signals& signals, Keys& keys) : signals_(signals), keys_(keys) {}

  Clock::time_point now() override { return Clock::now(); }
  bool end_wanted() override { return signals_.received() != 0; }
  bool wait_until(Clock::time_point due) override;
  std::chrono::nanoseconds drain_pause() override;

 private:
  void pause();

  Signals& signals_;
  Keys& keys_;
  std::chrono::nanoseconds paused_{};
};

/// A clock for which each message waits until a line comes on standard input, or a key from its
/// terminal. The end of the input requests the end.
class StepTime final : public Timekeeper {
 public:
  StepTime(Signals& signals, Keys& keys) : signals_(signals), keys_(keys) {}

  Clock::time_point now() override { return Clock::now(); }
  bool end_wanted() override { return ended_ || signals_.received() != 0; }
  bool wait_until(Clock::time_point due) override;

 private:
  Signals& signals_;
  Keys& keys_;
  bool ended_ = false;
};

}  // namespace can::cli
