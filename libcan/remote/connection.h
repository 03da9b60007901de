// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "libcan/net/poller.h"
#include "libcan/net/transport.h"
#include "libcan/remote/session.h"

namespace can::remote {

/// One client of a server: its socket, its session, its bus. Throws nothing that the client could
/// cause.
class Connection {
 public:
  using Time = Session::Time;

  /// `changed` is called after each event that this connection has handled.
  Connection(Poller& poller, Service& service, std::unique_ptr<Transport> transport,
             std::string peer, std::function<void()> changed);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// There is input that the poller doesn't tell of: go_on() takes it.
  bool has_more() const;
  void go_on();
  /// go_on() makes sense only in a while.
  bool waits_for_bus() const { return session_.waits_for_bus(); }

  void tick(Time now);

  /// The last messages of the bus, then a goodbye.
  void say_goodbye(const std::string& reason);

  /// Ends it at once.
  void drop(const std::string& reason);

  /// The handshake has not been made.
  bool is_stranger() const { return !session_.is_open(); }
  bool is_done() const { return done_; }
  Session& session() { return session_; }

 private:
  void on_socket(std::uint32_t events);
  void on_bus();
  void read_input();
  void take(std::span<const std::uint8_t> input);
  void settle();
  void flush();
  void finish();
  void fail(const std::string& why);
  void watch_bus();
  void update_interest();
  template <class Work>
  void guarded(Work work);

  Poller& poller_;
  Service& service_;
  std::unique_ptr<Transport> transport_;
  Session session_;
  const std::function<void()> changed_;
  const Time start_ = std::chrono::steady_clock::now();
  Handler socket_ready_, bus_ready_;
  std::vector<std::uint8_t> left_over_;  // an event that isn't whole, or more of a slow bus's
  std::uint32_t interest_ = 0;
  bool watches_bus_ = false, input_ended_ = false, done_ = false;
  std::optional<Time> ended_, farewell_;
};

}  // namespace can::remote
