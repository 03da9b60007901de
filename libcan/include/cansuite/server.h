// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cansuite/bus.h"
#include "cansuite/config.h"
#include "cansuite/logging.h"
#include "cansuite/tls_files.h"

namespace can::remote {

/// The settings of a server.
struct ServerOptions {
  std::string host = "0.0.0.0";      ///< address to listen on; "::" takes IPv4, too
  std::uint16_t port = 54701;        ///< 0: any that is free
  int inherited_socket = -1;         ///< a listening socket to use instead; the server closes it
  bool read_only = false;            ///< no client may send
  std::vector<std::string> allow{};  ///< addresses and ranges that may connect; none: all may
  std::string token{};               ///< required of clients; "": none
  TlsFiles tls{};                    ///< a certificate turns encryption on
  std::size_t max_clients = 256;     ///< with an open bus, at a time
  std::size_t buffer = 4 << 20;      ///< bytes of the send buffer of each client
  /// How long a client may take to open its bus.
  std::chrono::nanoseconds handshake_limit = std::chrono::seconds(10);
  std::chrono::nanoseconds slow_limit =
      std::chrono::seconds(10);  ///< how long a client may lose messages
};

/// Counted since the server was made.
struct Statistics {
  std::size_t clients = 0;        ///< with an open bus, now
  std::uint64_t accepted = 0;     ///< connections, those refused later included
  std::uint64_t refused = 0;      ///< connections that ended without a bus
  std::uint64_t messages_in = 0;  ///< from clients, taken by the bus
  std::uint64_t failed = 0;  ///< from clients, not sent: refused by the bus, read_only, early end
  std::uint64_t messages_out = 0;  ///< queued for clients
  std::uint64_t dropped = 0;       ///< for clients that didn't read in time
};

/// Opens the bus of a client: open_bus().
using OpenBus = std::function<std::unique_ptr<Bus>(const BusConfig&)>;
/// Receives what happens to clients, a line each, on the thread of run(). Not empty.
using Log = std::function<void(LogLevel, const std::string&)>;

/// Shares a bus over TCP. Each client has a bus of its own, opened with `config`, with the client's
/// filters, and with the client's bit rates where `config` sets none. One thread uses a server;
/// stop() may be called from any. `open` is called on other threads.
class Server {
 public:
  /// Begins to listen. Throws Errc::invalid, Errc::not_found, Errc::io: "port 54701: address
  /// already in use".
  Server(ServerOptions options, BusConfig config, OpenBus open, Log log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string address() const;  ///< the server's own: "0.0.0.0:54701"
  std::uint16_t port() const;   ///< the one it listens on

  /// Calls `ready` from run() whenever `descriptor` is readable. The descriptor must stay open
  /// until the last return of run().
  void watch(int descriptor, std::function<void()> ready);

  /// Serves until stop().
  void run();
  void stop();  ///< ends run()

  /// Stops listening, sends each client the queued events and a goodbye, and closes the
  /// connections, within `limit`.
  void drain(std::chrono::nanoseconds limit);

  const Statistics& statistics() const;  ///< for the thread of run()

  /// True while a bus is being opened for a disconnected client: the destructor waits for that.
  bool opens_bus() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace can::remote
