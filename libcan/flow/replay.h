// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "libcan/flow/pacer.h"
#include "libcan/flow/read_ahead.h"
#include "libcan/flow/routes.h"
#include "libcan/flow/timekeeper.h"
#include "libcan/model/log.h"

namespace can {

/// What a replay has done so far.
struct ReplayCounts {
  std::uint64_t sent = 0;
  std::uint64_t error_frames = 0;      ///< left out: see Replay::Options
  std::uint64_t unmapped = 0;          ///< left out: their channel has no bus
  std::uint64_t overdue = 0;           ///< left out: see OnLate::drop
  std::uint64_t steps_back = 0;        ///< of the log's clock
  std::uint64_t shifts = 0;            ///< how often the replay was late, with OnLate::shift
  std::chrono::nanoseconds shifted{};  ///< by all of these together
  std::chrono::nanoseconds latest{};   ///< the longest a message was late when the bus had taken it
};

/// Receives the progress of a replay, on the replay's thread.
class ReplayListener {
 public:
  virtual ~ReplayListener() = default;
  /// A message whose turn is out of the ordinary, before it is waited for: the replay was late, the
  /// log's clock stepped back, or the wait is Replay::kLongWait at least. `counts` has it already.
  virtual void on_turn(const Pacer::Turn& turn, const ReplayCounts& counts) = 0;
  /// A batch has been sent.
  virtual void on_sent(const ReplayCounts& counts) = 0;
  /// Something happened to a bus: see Bus::drain_notices().
  virtual void on_notice(const std::string& text) = 0;
};

/// Sends the messages of a log on buses, when they are due. Messages that are due together are sent
/// as one batch. Owns nothing it is given; all of that must outlive it. One thread uses it.
class Replay {
 public:
  struct Options {
    Pacer::Pace pace;
    bool error_frames = false;  ///< send error frames too
  };
  static constexpr std::chrono::nanoseconds kLongWait = std::chrono::minutes(1);

  /// `routes` has been opened.
  Replay(Routes& routes, const Options& options, Timekeeper& time, ReplayListener& listener);

  /// Writes what is sent to `log`, too, and flushes it after each batch.
  void add_copy(LogWriter& log) { copies_.push_back(&log); }

  /// Sends the messages of a log up to its end. False when somebody wanted the end before. Throws
  /// what reading, sending and writing the copies throw; what stood before has been sent then.
  bool run(ReadAhead& messages);

  /// The same of these messages, as if they stood next in the log.
  bool play(std::span<const Message> messages);

  /// Passes on what happened to the buses. run() does so once a second at most, while it sends.
  void pass_on_notices();

  const ReplayCounts& counts() const { return counts_; }

 private:
  bool play_one(const Message& message);
  Pacer::Turn next_turn(std::chrono::nanoseconds timestamp, Timekeeper::Clock::time_point now);
  bool wait_until(Timekeeper::Clock::time_point due);
  void send_collected();

  Routes& routes_;
  const bool error_frames_;
  Timekeeper& time_;
  ReplayListener& listener_;
  Pacer pacer_;
  std::vector<LogWriter*> copies_;
  Chore noticing_;
  Bus* bus_ = nullptr;  // of collected_
  std::vector<Message> collected_;
  Timekeeper::Clock::time_point collected_due_;  // of the first of them, the latest
  ReplayCounts counts_;
};

}  // namespace can
