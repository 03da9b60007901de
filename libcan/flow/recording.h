// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cansuite/bus.h"
#include "cansuite/log.h"
#include "libcan/flow/recorder.h"
#include "libcan/flow/timekeeper.h"
#include "libcan/model/fail.h"
#include "libcan/platform/storage.h"

namespace can {

class Recording;

/// Receives the progress of a recording, on the recording's thread.
class RecordingListener {
 public:
  virtual ~RecordingListener() = default;
  /// Messages were written.
  virtual void on_written(std::span<const Message> batch) = 0;
  /// A notice of the bus: see Bus::drain_notices().
  virtual void on_notice(const std::string& text) = 0;
  /// Once a second.
  virtual void on_second(const Recording& recording) = 0;
  /// After each batch, and about twenty times a second on a silent bus.
  virtual void on_round(const Recording& recording) = 0;
  /// A further error, after the one that run() throws.
  virtual void on_failure(const Error& error) = 0;
};

/// Writes the messages of a bus to a log. A thread of its own receives from the bus (Recorder); one
/// other thread calls all functions. The arguments are not owned, and must outlive the recording.
class Recording {
 public:
  struct Options {
    std::uint64_t count = UINT64_MAX;  ///< ends after so many messages
    std::chrono::nanoseconds duration = std::chrono::nanoseconds::max();  ///< ends after this time
    std::chrono::nanoseconds silence = std::chrono::nanoseconds::max();   ///< ends after it
    std::chrono::nanoseconds flush_every = std::chrono::milliseconds(500);
    std::size_t worth_waking = 1024;           ///< messages: see Recorder
    std::size_t buffer = Recorder::kCapacity;  ///< messages in memory, more than worth_waking
    /// Remarks in the log mark missing messages, steps of the clock and notices of the bus.
    bool remarks = true;
    bool even_times = false;                                ///< see Recorder
    ClockWatch::Clocks clocks = ClockWatch::system_clocks;  ///< tests have their own
    /// The disk of the log, as in its LogOptions; not owned. While it is stalled, the messages stay
    /// in the queue of the recorder.
    Storage* storage = nullptr;
    /// Messages that a log without a storage took and lost, asked behind its end. Null: none.
    std::function<std::uint64_t()> lost_by_log{};
  };

  /// Begins to receive.
  Recording(Bus& bus, LogWriter& log, const Options& options, Timekeeper& time,
            RecordingListener& listener);

  /// Records until the count, the duration, a silence, a requested end or the end of the bus; then
  /// writes all received messages and closes the log. Throws the first exception of the bus or the
  /// log, after closing the log if possible, and counts the messages that the log didn't take.
  /// Throws Errc::closed, the log has no reader any more, at once.
  /// A stalled disk (Storage) is an error only at the end, where it is tried for two more seconds.
  void run();

  /// One round of run(): waits up to 50 ms for messages, writes them, and does the chores that are
  /// due. False at the end of the recording.
  bool step();

  /// Messages that the log took; with a storage, after run(), exactly those in the file.
  std::uint64_t written() const { return written_; }
  std::uint64_t unwritten() const { return unwritten_; }  ///< messages that are not in the log
  /// Messages that were not given to the log yet.
  std::size_t waiting() const { return recorder_.waiting(); }
  std::uint64_t bytes() const { return log_.size(); }  ///< of the log, see LogWriter::size()
  const Storage* storage() const { return options_.storage; }  ///< null: none
  BusCounters lost() const { return bus_.counters(); }         ///< losses of the bus
  std::uint64_t filtered() const { return bus_.filtered(); }   ///< refused by the filters here
  /// Since the construction.
  std::chrono::nanoseconds duration() const { return time_.now() - start_; }
  /// False while the receiving thread waits for the bus; the destructor joins that thread.
  bool ended() const { return recorder_.ended(); }

 private:
  void record();
  bool complete() const { return recorder_.ended() || written_ >= options_.count; }
  void write(std::span<const Message> batch);
  bool end_due(Timekeeper::Clock::time_point now) const;
  void stop_if_due(Timekeeper::Clock::time_point now);
  void pass_on_notices();
  void remark(const std::string& text);
  std::uint64_t losses() const;
  void report_clock_steps();
  void mark_clock_steps();
  std::uint64_t until_clock_step() const;
  void mark_losses();
  void mark_end();
  void flush_if_due(Timekeeper::Clock::time_point now);
  std::size_t take_messages();
  bool stalled() const { return options_.storage && options_.storage->stalled(); }
  void flush();
  void report_storage();
  void settle();
  std::uint64_t kept() const;
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
  Timekeeper::Clock::time_point heard_ = start_;                              // the last message
  Timekeeper::Clock::time_point end_ = Timekeeper::Clock::time_point::max();  // of a silent bus
  std::uint64_t written_ = 0, unwritten_ = 0;
  std::uint64_t marked_ = 0;  // losses that the log has marked
  bool unflushed_ = false;
  bool flush_due_ = false;
  std::size_t before_flush_ = 0;  // messages that waited when the flush became due
  bool stall_told_ = false;
  std::deque<Recorder::ClockStep> clock_steps_;  // that the log hasn't marked
  Recorder recorder_;                            // last: it uses the bus
};

}  // namespace can
