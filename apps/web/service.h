// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "apps/signal_options.h"
#include "apps/web/site.h"

namespace can::web {

/// The options of canserver's page.
struct WebOptions {
  std::string where;  ///< "8080", "192.0.2.1:8080"; "": no page
  bool send = false;
  cli::SignalOptions signals;
};
void add_web_options(CLI::App& app, WebOptions& options);

/// The address of --web; a lone port is one of the loopback. Throws Errc::invalid.
remote::Endpoint parse_where(const std::string& text);

/// Serves the page on a thread of its own, with a bus of its own.
class Service {
 public:
  using Log = std::function<void(LogLevel, const std::string&)>;

  /// `server`: who may connect, with which token and certificates. `log` is called by two threads.
  /// Throws Errc::invalid, Errc::not_found, Errc::io.
  Service(const WebOptions& options, const remote::ServerOptions& server, BusConfig config,
          remote::OpenBus open, std::shared_ptr<const signals::Catalog> catalog, Log log);
  ~Service();

  std::string address() const;  ///< "http://127.0.0.1:8080/"

  /// True while the destructor would wait for a bus that is being opened. After stop().
  bool opens_bus() const { return site_.opens_bus(); }
  /// Ends the thread.
  void stop();

 private:
  void run();

  const bool encrypted_;
  const Log log_;
  Site site_;
  http::Server server_;
  std::thread thread_;
};

}  // namespace can::web
