// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cansuite/error.h"
#include "cansuite/log.h"
#include "cansuite/pacer.h"
#include "libcan/flow/lateness.h"
#include "libcan/flow/outlet.h"
#include "libcan/flow/read_ahead.h"
#include "libcan/flow/routes.h"
#include "libcan/flow/timekeeper.h"

namespace can {

/// Counts of a replay so far.
struct ReplayCounts {
  std::uint64_t sent = 0;
  std::uint64_t error_frames = 0;       ///< not sent: see Replay::Options
  std::uint64_t unmapped = 0;           ///< not sent: their channel has no bus
  std::uint64_t overdue = 0;            ///< not sent: see OnLate::drop and Pacer::Pace::max_age
  LeftOut left_out;                     ///< not sent: see OutletRules
  std::uint64_t steps_back = 0;         ///< of the log's clock
  std::uint64_t shifts = 0;             ///< how often the replay was late, with OnLate::shift
  std::chrono::nanoseconds shifted{};   ///< sum of all shifts
  std::chrono::nanoseconds position{};  ///< of the message sent last: see Pacer::position()
  Lateness lateness;                    ///< of the messages, when the bus had taken them

  /// Those that should have been sent and were not.
  std::uint64_t missed() const { return overdue + left_out.unsendable + left_out.no_room; }
};

/// Receives the progress of a replay, on the replay's thread.
class ReplayListener {
 public:
  virtual ~ReplayListener() = default;
  /// Called before the wait for a message if the replay was late, the log's clock stepped back, or
  /// the wait is at least Replay::kLongWait. `counts` includes this turn.
  virtual void on_turn(const Pacer::Turn& turn, const ReplayCounts& counts) = 0;
  /// A batch has been sent.
  virtual void on_sent(const ReplayCounts& counts) = 0;
  /// A notice of a bus: see Bus::drain_notices().
  virtual void on_notice(const std::string& text) = 0;
};

/// Sends the messages of a log on buses at their due times; messages that are due together as one
/// batch. The arguments are not owned, and must outlive the replay. Used by one thread.
class Replay {
 public:
  struct Options {
    Pacer::Pace pace{};
    bool error_frames = false;  ///< send error frames too
    OutletRules rules{};
    bool stepwise = false;  ///< Timekeeper::wait_until() is called for each message
    std::uint64_t max_messages = UINT64_MAX;  ///< the replay ends behind so many
  };
  static constexpr std::chrono::nanoseconds kLongWait = std::chrono::minutes(1);

  /// `routes` must have been opened.
  Replay(Routes& routes, const Options& options, Timekeeper& time, ReplayListener& listener);

  /// Also writes the sent messages to `log`, and flushes the log after each batch.
  void add_copy(LogWriter& log) { copies_.push_back(&log); }

  /// Sets when the first message is due, if not at once.
  void start_at(Timekeeper::Clock::time_point start) { pacer_.start_at(start); }

  /// The log is played again from its start: see Pacer::begin_again().
  void begin_again() { pacer_.begin_again(); }

  /// Sends the messages of a log up to its end. False if the end was requested before. Throws
  /// exceptions of reading, sending and writing the copies, after sending the messages before.
  bool run(ReadAhead& messages);

  /// Sends these messages as if they were next in the log. Result and exceptions as of run().
  bool play(std::span<const Message> messages);

  /// Passes the notices of the buses to the listener. run() does so at most once a second.
  void pass_on_notices();

  const ReplayCounts& counts() const { return counts_; }

 private:
  struct Due {
    Timekeeper::Clock::time_point time;
    std::chrono::nanoseconds position;  // see Pacer::position()
  };

  bool play_one(const Message& message);
  Pacer::Turn next_turn(std::chrono::nanoseconds timestamp, Timekeeper::Clock::time_point now);
  bool wait_until(Timekeeper::Clock::time_point& due);
  bool send_collected();
  std::size_t send_from(std::size_t first);
  void report_sent(std::size_t first, std::size_t count);

  Routes& routes_;
  const Options options_;
  Timekeeper& time_;
  ReplayListener& listener_;
  Pacer pacer_;
  std::vector<LogWriter*> copies_;
  Chore noticing_;
  Bus* bus_ = nullptr;  // that sends collected_
  std::vector<Message> collected_;
  std::vector<Due> due_;  // of the collected messages
  std::uint64_t left_;    // messages that may still be sent
  ReplayCounts counts_;
};

}  // namespace can
