// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace can::cli {

/// SIGINT, SIGTERM and SIGHUP as something to ask for, also where the program was started with
/// them ignored (by a script's "&", by nohup). SIGPIPE becomes an error of the write that met it.
/// Make one before the first thread.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// The signal that came; 0 when none did. Once one came it stays.
  int received();

  /// For poll(2): readable when a signal came that received() has not told yet.
  int descriptor() const { return descriptor_; }

  /// Waits until `deadline` or a signal, to within microseconds.
  int wait_until(std::chrono::steady_clock::time_point deadline);

 private:
  int descriptor_;
  int received_ = 0;
};

/// Instead of Signals, for a program that has nothing to complete: calls `put_away` on a thread of
/// its own and lets the signal end the program, wherever that waits. Call it before the first
/// thread is made.
void end_by_signals_after(void (*put_away)());

/// Makes a write to a closed pipe an error instead of the program's end.
void ignore_broken_pipes();

}  // namespace can::cli
