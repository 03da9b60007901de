// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "drivers/remote/link.h"

namespace can::remote {

/// How long a client tries to reach its server.
struct Patience {
  std::chrono::nanoseconds reconnect{};  ///< for a first or a new connection; 0: one attempt only
  bool wait = false;                     ///< for the first connection without a limit
};

/// Makes the first connection, or makes a lost connection again. A thread of its own makes each
/// attempt, so that the caller never waits. Used by one thread at a time.
class Redial {
 public:
  Redial(std::shared_ptr<const LinkOptions> options, Patience patience)
      : options_(std::move(options)), patience_(patience) {}

  /// The first connection; waits for the first attempt. Null if that failed and further
  /// attempts follow: active() is then true. Throws as make_link().
  std::unique_ptr<Link> connect();

  /// Begins the attempts for a new connection. `why` says how the last connection was lost.
  void begin(std::string why);
  bool active() const { return !why_.empty(); }
  const std::string& why() const { return why_; }

  /// The new connection, which ends the attempts; null while there is none. Throws Errc::io
  /// after the time limit, and if no attempt is configured.
  std::unique_ptr<Link> take();

  /// The time until the next useful call of take().
  std::chrono::nanoseconds pause() const;

  /// How long a sender waits for a connection.
  std::chrono::nanoseconds patience() const;

  /// The text of the loss and the new connection, for a notice after the bus's name: "connection
  /// reset by peer; connected again, 3 s are missing".
  const std::string& story() const { return story_; }

 private:
  using Clock = std::chrono::steady_clock;

  std::unique_ptr<Link> finish_attempt();
  void retry(const Error& error, bool in_time);

  const std::shared_ptr<const LinkOptions> options_;
  const Patience patience_;
  bool was_connected_ = false;
  std::string why_, story_;
  Clock::time_point since_{}, next_{};
  std::future<std::unique_ptr<Link>> attempt_;
};

}  // namespace can::remote
