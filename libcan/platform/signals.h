// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>

#include "libcan/model/precise_sleep.h"

namespace can {

/// Catches SIGINT, SIGTERM and SIGHUP while the object exists, so that the program can complete its
/// files before it ends. Without the object the signals end the program at once. At most one object
/// exists at a time.
///
/// A signal also ends all waiting for other programs and machines, see interruption.h. A second
/// signal at least a fifth of a second later ends the program at once, with status 128 and the
/// signal's number. An earlier second signal counts as the same request: timeout(1) and a closing
/// terminal send two.
///
/// An inherited "ignore" is kept for SIGHUP, since nohup(1) sets it. It is not kept for SIGINT: a
/// shell script sets it for programs started with "&", which the script later ends by "kill -INT".
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// The first signal received; 0: none yet.
  int received();

  /// For poll(2): readable when received() would return a signal for the first time.
  int descriptor() const { return descriptor_; }

  /// Waits until `deadline` or a signal, to within microseconds. Returns the first signal, or 0.
  int wait_until(std::chrono::steady_clock::time_point deadline);

  /// Also ends when `other` becomes readable, which it then is: true. -1: none.
  bool wait_until(std::chrono::steady_clock::time_point deadline, int other);

  /// How long wait_until() spins at the end; empty: as this machine needs it.
  void set_spin(std::optional<std::chrono::nanoseconds> spin) { sleep_ = PreciseSleep(spin); }

 private:
  int descriptor_;
  PreciseSleep sleep_;
};

/// Instead of Signals, for a program without files to complete: on a signal, calls `put_away` on a
/// thread of its own, then the signal ends the program, wherever the program waits. To be called
/// before the first thread is made.
void end_by_signals_after(void (*put_away)());

/// Lets the three signals end the program, also where the program inherited "ignore". Exceptions:
/// see Signals.
void let_signals_end_the_program();

/// Makes a write to a closed pipe an error instead of the program's end.
void ignore_broken_pipes();

/// Makes a write beyond the file size limit (ulimit -f) an error instead of the program's end.
void ignore_size_limits();

/// Ends the program without waiting for its threads. To be called when all files are complete and
/// all messages to the user are written.
[[noreturn]] void leave(int status);

}  // namespace can
