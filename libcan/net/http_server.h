// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cansuite/logging.h"
#include "cansuite/tls_files.h"
#include "libcan/net/address.h"
#include "libcan/net/http_request.h"

namespace can::http {

/// Bytes that several connections send.
using SharedText = std::shared_ptr<const std::string>;

/// What a client gets.
struct Response {
  int status = 200;                      ///< of HTTP
  std::string_view type = "text/plain";  ///< Content-Type; a literal
  SharedText body{};                     ///< null: empty
  std::string file_name{};               ///< for a body that is to be saved, of plain characters
  std::chrono::nanoseconds delay{};      ///< before it is sent
  bool streams = false;                  ///< no body: the client becomes a viewer
};

/// A response with a text of its own.
Response text_response(int status, std::string text, std::string_view type = "text/plain");

/// What a server serves. All functions are called by the thread of Server::run(); none may throw.
class Handler {
 public:
  virtual ~Handler() = default;

  virtual Response answer(const Request& request) = 0;
  /// Called ten times a second.
  virtual void tick() = 0;
  /// What a viewer who has had updates up to `seen` gets now; null: nothing. Sets `seen`, which is
  /// 0 for a new viewer.
  virtual SharedText update(std::uint64_t& seen) = 0;
};

struct Options {
  remote::Endpoint where{};            ///< port 0: any that is free
  std::vector<std::string> allow{};    ///< addresses and ranges that may connect; none: all may
  remote::TlsFiles tls{};              ///< a certificate turns encryption on
  std::size_t max_connections = 256;   ///< at a time, viewers included
  std::size_t max_viewers = 64;        ///< at a time
  std::size_t max_waiting = 32 << 20;  ///< bytes of large answers that wait to be sent, together
  /// For a request to be complete, and for a client that takes nothing.
  std::chrono::nanoseconds patience = std::chrono::seconds(10);
  /// Receives what happens, a line each, on the thread of run(). Not empty.
  std::function<void(LogLevel, const std::string&)> log{};
};

/// Serves one request for each connection, and updates for viewers, by server-sent events. A viewer
/// who reads slowly misses updates; the next one has all that changed. No client makes it wait, or
/// use memory without bound: the oldest connection without a request makes room for a new one.
class Server {
 public:
  /// Begins to listen. Throws Errc::invalid, Errc::not_found, Errc::io: "port 8080: address already
  /// in use". `handler` must outlive the server.
  Server(Options options, Handler& handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string address() const;  ///< "127.0.0.1:8080"

  /// Serves until stop(). Throws Errc::io.
  void run();
  void stop();  ///< ends run(), now or later; for any thread

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace can::http
