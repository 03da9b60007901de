// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "libcan/flow/recorder.h"
#include "libcan/flow/timekeeper.h"
#include "libcan/model/bus.h"
#include "libcan/model/error.h"
#include "libcan/model/log.h"

namespace can {

class Recording;

/// Receives the progress of a recording, on the recording's thread.
class RecordingListener {
 public:
  virtual ~RecordingListener() = default;
  /// Messages were written.
  virtual void on_written(std::span<const Message> batch) = 0;
  /// Something happened to the bus: see Bus::drain_notices().
  virtual void on_notice(const std::string& text) = 0;
  /// Once a second.
  virtual void on_second(const Recording& recording) = 0;
  /// After each batch, and some twenty times a second when nothing comes.
  virtual void on_round(const Recording& recording) = 0;
  /// What went wrong after the failure that run() throws.
  virtual void on_failure(const Error& error) = 0;
};

/// Writes what a bus receives to a log, until there is a reason to end. The bus is received from on
/// a thread of its own (Recorder); everything else belongs to one other thread. Owns nothing it is
/// given; all of that must outlive it.
class Recording {
 public:
  struct Options {
    std::uint64_t count = UINT64_MAX;  ///< ends after so many messages
    std::chrono::nanoseconds duration = std::chrono::nanoseconds::max();  ///< ends after this time
    std::chrono::nanoseconds flush_every = std::chrono::milliseconds(500);
    std::size_t worth_waking = 1024;  ///< messages: see Recorder
    /// Remarks in the log say where messages are missing and what happened to the bus.
    bool remarks = true;
  };

  /// Begins to receive.
  Recording(Bus& bus, LogWriter& log, const Options& options, Timekeeper& time,
            RecordingListener& listener);

  /// Records until the count or the duration is reached, somebody wants the end or the bus has
  /// ended; everything received by then is written and the log is closed. Throws what the bus or
  /// the log threw first: the log is closed then, where that can be done, and the messages that it
  /// didn't take are counted. Errc::closed, nobody reads the log any more, is thrown at once.
  void run();

  /// One round of run(): writes what came, up to 50 ms later, and does the chores that are due.
  /// False when the recording is to end.
  bool step();

  std::uint64_t written() const { return written_; }      ///< messages
  std::uint64_t unwritten() const { return unwritten_; }  ///< messages that the log didn't take
  std::uint64_t bytes() const { return log_.size(); }     ///< of the log, see LogWriter::size()
  BusCounters lost() const { return bus_.counters(); }    ///< what the bus lost
  /// Since the construction.
  std::chrono::nanoseconds duration() const { return time_.now() - start_; }
  /// False where the receiving thread still waits for the bus; the destructor waits for that
  /// thread.
  bool ended() const { return recorder_.ended(); }

 private:
  void write(std::span<const Message> batch);
  void stop_if_due(Timekeeper::Clock::time_point now);
  void pass_on_notices();
  void remark(const std::string& text);
  void mark_losses();
  void flush_if_due(Timekeeper::Clock::time_point now);
  void count_unwritten();
  void close();
  void close_after(const Error& first);

  Bus& bus_;
  LogWriter& log_;
  const Options options_;
  Timekeeper& time_;
  RecordingListener& listener_;
  const Timekeeper::Clock::time_point start_;
  Chore flushing_, marking_, second_;
  Timekeeper::Clock::time_point end_ = Timekeeper::Clock::time_point::max();  // of a silent bus
  std::uint64_t written_ = 0, unwritten_ = 0;
  std::uint64_t marked_ = 0;  // drops of the bus that the log tells of
  bool unflushed_ = false;
  Recorder recorder_;  // last: it uses the bus
};

}  // namespace can
