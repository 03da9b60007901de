// SPDX-License-Identifier: MIT
#include "apps/web/service.h"

#include <utility>

#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"

namespace can::web {
namespace {

SiteOptions site_options(const WebOptions& options, const remote::ServerOptions& server,
                         const BusConfig& config, std::shared_ptr<const signals::Catalog> catalog) {
  if (options.send && server.read_only)
    fail(Errc::invalid, "--web-send: with --read-only nobody may send");
  return {.title = name_of(config),
          .host = parse_where(options.where).host,
          .token = server.token,
          .encrypted = server.tls.any(),
          .sends = options.send,
          .catalog = std::move(catalog)};
}

/// Viewers see what they send as the others do.
BusConfig with_own_messages(BusConfig config, bool sends) {
  config.receive_own_messages |= sends;
  return config;
}

bool is_open(const WebOptions& options, const remote::ServerOptions& server) {
  const remote::Endpoint where = parse_where(options.where);
  const auto found = remote::resolve(where, true);
  sockaddr_storage address{};
  std::copy_n(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen,
              reinterpret_cast<char*>(&address));
  return !remote::is_loopback(address) && server.allow.empty() && server.token.empty() &&
         server.tls.authorities.empty();
}

}  // namespace

void add_web_options(CLI::App& app, WebOptions& options) {
  app.add_option("--web", options.where, "Show the bus on a web page; HOST: 127.0.0.1")
      ->type_name("[HOST:]PORT")
      ->group("Web page");
  app.add_flag("--web-send", options.send, "Let viewers of the page send")->group("Web page");
  cli::add_dbc_option(app, options.signals);
}

remote::Endpoint parse_where(const std::string& text) {
  const std::string full = is_number(text) ? "127.0.0.1:" + text : text;
  try {
    remote::Endpoint where = remote::parse_endpoint(full, 0);
    if (full.ends_with(fmt::format(":{}", where.port))) return where;
  } catch (const Error&) {
    // The text below fits better.
  }
  fail(Errc::invalid, "--web: expected PORT or HOST:PORT, got {}", quote(text));
}

Service::Service(const WebOptions& options, const remote::ServerOptions& server, BusConfig config,
                 remote::OpenBus open, std::shared_ptr<const signals::Catalog> catalog, Log log)
    : encrypted_(server.tls.any()),
      log_(std::move(log)),
      site_(site_options(options, server, config, std::move(catalog)),
            with_own_messages(config, options.send), std::move(open)),
      server_({.where = parse_where(options.where),
               .allow = server.allow,
               .tls = server.tls,
               .log = log_},
              site_),
      thread_([this] { run(); }) {
  if (is_open(options, server))
    log_(LogLevel::warning,
         fmt::format("everyone who can reach {} may see this bus{}; see --web, --allow, "
                     "--token-file and --tls-ca",
                     address(), options.send ? " and send on it" : ""));
}

Service::~Service() { stop(); }

std::string Service::address() const {
  return fmt::format("{}://{}/", encrypted_ ? "https" : "http", server_.address());
}

void Service::stop() {
  server_.stop();
  if (thread_.joinable()) thread_.join();
}

void Service::run() try { server_.run(); } catch (const std::exception& error) {
  log_(LogLevel::warning, fmt::format("the web page has ended: {}", error.what()));
}

}  // namespace can::web
