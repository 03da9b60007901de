// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libcan/net/transport.h"
#include "libcan/platform/poller.h"
#include "libcan/remote/session.h"

namespace can::remote {

/// One client of a server: moves bytes between the client's socket and the client's session, and
/// sets the session's last phases. Used by one thread. No action of the client makes a connection
/// throw.
class Connection {
 public:
  using Time = Session::Time;

  /// `changed` is called after each event that the connection has handled. `poller` and `service`
  /// have to outlive the connection.
  Connection(Poller& poller, Service& service, std::unique_ptr<Transport> transport,
             std::string peer, std::function<void()> changed);

  /// Whether input waits that the poller doesn't report: go_on() handles it.
  bool has_more() const;
  void go_on();
  /// Whether has_more() is due to a bus that is full or not open yet: go_on() should be called
  /// later.
  bool waits_for_bus() const { return session_.waits_for_bus(); }

  /// Checks time limits. To be called a few times a second.
  void tick(Time now);

  /// Sends the client the last messages of its bus and a goodbye with the reason.
  void say_goodbye(const std::string& reason);

  /// Ends the connection at once.
  void drop(const std::string& reason);

  /// Whether the client has no bus yet.
  bool is_stranger() const { return session_.bus() == nullptr; }
  /// Whether the connection is to be destroyed.
  bool is_gone() const { return session_.phase() == Phase::gone; }

 private:
  void on_socket(std::uint32_t events);
  void read_input();
  void handle_input(std::span<const std::uint8_t> input);
  void settle();
  void flush();
  void fail(const std::string& why);
  void check_limits(Time now);
  void set_watches();
  template <class Work>
  void guarded(Work work);

  Service& service_;
  const std::unique_ptr<Transport> transport_;
  Session session_;
  const std::function<void()> changed_;
  const Time start_ = std::chrono::steady_clock::now();
  std::vector<std::uint8_t> left_over_;  // read, but not handled by the session yet
  bool input_ended_ = false;             // the client sends no more
  Watch socket_watch_, bus_watch_;       // destroyed before the descriptors
};

}  // namespace can::remote
