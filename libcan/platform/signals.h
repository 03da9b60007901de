// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace can {

/// While one of these exists SIGINT, SIGTERM and SIGHUP are something to ask for: the program ends
/// when it has put away what it has. Before and after, they end it at once.
///
/// A signal also ends what waits for others, see interruption.h. Another one, a fifth of a second
/// later or more, ends the program at once, with status 128 and the signal's number; sooner, it is
/// the same wish told twice, as timeout(1) and a closing terminal do.
///
/// SIGHUP that was ignored when the program started stays ignored: so nohup(1) wants it. SIGINT
/// that was ignored is taken: a script ignores it for what it starts with "&", and then ends it
/// with "kill -INT". There is one at a time.
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
};

/// Instead of Signals, for a program that has nothing to complete: calls `put_away` on a thread of
/// its own and lets the signal end the program, wherever that waits. Call it before the first
/// thread is made.
void end_by_signals_after(void (*put_away)());

/// The three signals end the program, whatever it inherited: see Signals for the exceptions.
void let_signals_end_the_program();

/// Makes a write to a closed pipe an error instead of the program's end.
void ignore_broken_pipes();

/// The same of a write beyond the size that a file may have (ulimit -f).
void ignore_size_limits();

/// Ends the program without waiting for threads that wait for somebody else. Everything has been
/// put away and told.
[[noreturn]] void leave(int status);

}  // namespace can
