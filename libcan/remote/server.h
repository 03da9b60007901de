// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libcan/model/bus.h"
#include "libcan/model/config.h"
#include "libcan/net/tls_files.h"
#include "libcan/remote/token.h"

namespace can::remote {

struct ServerOptions {
  std::string host = "0.0.0.0";    ///< "::" takes IPv4 too
  std::uint16_t port = 54701;      ///< 0: any that is free
  int inherited_socket = -1;       ///< listen on this one instead; the server owns it then
  bool read_only = false;          ///< no client may send
  std::vector<std::string> allow;  ///< addresses and ranges that may connect; none: all may
  std::string token;               ///< what clients have to know; "": nothing
  TlsFiles tls;                    ///< encrypts where a certificate is given
  std::size_t max_clients = 256;
  std::size_t buffer = 4 << 20;  ///< bytes that may wait for a client that reads slowly
  std::chrono::nanoseconds handshake_limit = std::chrono::seconds(10);
  std::chrono::nanoseconds slow_limit =
      std::chrono::seconds(10);  ///< how long it may lose messages
};

/// Since the server was made.
struct Statistics {
  std::size_t clients = 0;         ///< connected now
  std::uint64_t accepted = 0;      ///< connections
  std::uint64_t refused = 0;       ///< connections that were none of a client we serve
  std::uint64_t messages_in = 0;   ///< clients sent and the bus took
  std::uint64_t failed = 0;        ///< clients sent and the bus or --read-only refused
  std::uint64_t messages_out = 0;  ///< sent to clients
  std::uint64_t dropped = 0;       ///< for clients that didn't read in time
};

enum class LogLevel : std::uint8_t { warning, info, debug };

using OpenBus = std::function<std::unique_ptr<Bus>(const BusConfig&)>;
using Log = std::function<void(LogLevel, const std::string&)>;

/// Shares a bus over TCP: each client has a bus of its own, opened with `config` and what the
/// client asks for: its filters, and its bit rates where `config` sets none. One thread runs it;
/// only stop() may be called from others.
class Server {
 public:
  /// Listens. Throws Errc::invalid, Errc::not_found, Errc::io: "port 54701: address already in
  /// use".
  Server(ServerOptions options, BusConfig config, OpenBus open, Log log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string address() const;  ///< where it listens: "0.0.0.0:54701"
  std::uint16_t port() const;

  /// Calls `ready` from run() whenever `descriptor` can be read.
  void watch(int descriptor, std::function<void()> ready);

  /// Serves until stop().
  void run();
  void stop();

  /// Sends the clients what waits for them and a goodbye; closes. Takes no longer than `limit`.
  void drain(std::chrono::nanoseconds limit);

  const Statistics& statistics() const;

  /// A bus is still being opened for a client that has gone: the destructor waits for that.
  bool opens_bus() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace can::remote
