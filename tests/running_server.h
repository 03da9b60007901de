// SPDX-License-Identifier: MIT
#pragma once

#include <netinet/in.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cansuite/interfaces.h"
#include "cansuite/server.h"

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A server of this process on the loopback, on a free port where none is given, in a thread of its
/// own.
class RunningServer {
 public:
  explicit RunningServer(const can::BusConfig& served, can::remote::ServerOptions options = {},
                         can::remote::OpenBus open = can::open_bus)
      : server_(on_loopback(std::move(options)), served, std::move(open),
                [this](can::LogLevel, const std::string& text) { note(text); }),
        thread_([this] { server_.run(); }) {}
  ~RunningServer() { stop(); }

  /// Serves nobody from now on; stop() says goodbye.
  void halt() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }
  void stop() {
    if (is_drained_) return;
    halt();
    is_drained_ = true;
    server_.drain(std::chrono::seconds(5));
  }

  std::string address() const { return server_.address(); }
  std::uint16_t port() const { return server_.port(); }
  /// Only once it has stopped.
  const can::remote::Statistics& statistics() const { return server_.statistics(); }

  can::BusConfig client() const {
    can::BusConfig config;
    config.interface = "remote";
    config.channel = address();
    return config;
  }
  std::unique_ptr<can::Bus> connect() const { return can::open_bus(client()); }

  bool has_logged(std::string_view text) const {
    std::lock_guard lock(mutex_);
    for (const std::string& line : log_)
      if (line.find(text) != std::string::npos) return true;
    return false;
  }

 private:
  static can::remote::ServerOptions on_loopback(can::remote::ServerOptions options) {
    options.host = "127.0.0.1";
    if (options.port == can::remote::ServerOptions{}.port) options.port = 0;
    return options;
  }
  void note(const std::string& text) {
    std::lock_guard lock(mutex_);
    log_.push_back(text);
  }

  mutable std::mutex mutex_;
  std::vector<std::string> log_;
  bool is_drained_ = false;
  can::remote::Server server_;
  std::thread thread_;
};

/// A virtual bus to be served.
inline can::BusConfig virtual_bus(std::string channel) {
  can::BusConfig config;
  config.interface = "virtual";
  config.channel = std::move(channel);
  return config;
}
