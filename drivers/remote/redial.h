// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "drivers/remote/link.h"

namespace can::remote {

/// For how long a client tries to reach its server.
struct Patience {
  std::chrono::nanoseconds
      reconnect{};    ///< once the connection is lost, and at first; 0: not at all
  bool wait = false;  ///< at first without end
};

/// Makes a lost connection again, or the first one, on a thread of its own: nobody waits for it.
/// One thread may use it at a time.
class Redial {
 public:
  Redial(std::shared_ptr<const LinkOptions> options, Patience patience)
      : options_(std::move(options)), patience_(patience) {}

  /// The first connection. Null where it can't be made and is waited for: active() then. Throws
  /// what make_link() throws.
  std::unique_ptr<Link> connect();

  /// The connection is lost: why.
  void begin(std::string why);
  bool active() const { return !why_.empty(); }
  const std::string& why() const { return why_; }

  /// The new connection once it is made, which ends this; null: not yet. Throws Errc::io when it is
  /// too late, or never is to be made.
  std::unique_ptr<Link> take();

  /// For how long take() has nothing new.
  std::chrono::nanoseconds pause() const;

  /// Of a sender that needs the connection.
  std::chrono::nanoseconds patience() const;

  /// What was, for the user, behind the name of the bus: "connection reset by peer; connected
  /// again, 3 s are missing".
  const std::string& story() const { return story_; }

 private:
  using Clock = std::chrono::steady_clock;

  std::unique_ptr<Link> finish_attempt();

  const std::shared_ptr<const LinkOptions> options_;
  const Patience patience_;
  bool was_connected_ = false;
  std::string why_, story_;
  Clock::time_point since_{}, next_{};
  std::future<std::unique_ptr<Link>> attempt_;
};

}  // namespace can::remote
