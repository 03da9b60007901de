// SPDX-License-Identifier: MIT
// canserver: share a bus over TCP.

#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <mutex>

#include "apps/bus_options.h"
#include "apps/cli.h"
#include "apps/console.h"
#include "apps/log_lines.h"
#include "apps/option_rules.h"
#include "apps/values.h"
#include "apps/web/service.h"
#include "cansuite/interfaces.h"
#include "cansuite/server.h"
#include "libcan/model/fail.h"
#include "libcan/platform/signals.h"
#include "libcan/platform/systemd.h"
#include "libcan/remote/token.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kDrain = 3s;

struct Options {
  remote::ServerOptions server;
  std::string token_file;
  web::WebOptions web;
};

void add_options(CLI::App& app, Options& options) {
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Server");
  };
  remote::ServerOptions& server = options.server;
  add("-H,--host", server.host, "ADDRESS", "Address to listen on; :: takes IPv4 too [0.0.0.0]");
  add("-p,--port", server.port, "N", "TCP port; 0: a free one [54701]")
      ->transform(whole_number(0, 65'535));
  add("--max-clients", server.max_clients, "N", "Clients served at a time [256]")
      ->transform(whole_number(1, 65'536));
  add("--client-buffer", server.buffer, "BYTES", "Send buffer of each client [4194304]")
      ->transform(whole_number(65'536, 1 << 30));
  app.add_flag("--read-only", server.read_only, "Let no client send")->group("Server");
  add("--allow", server.allow, "CIDR,...", "Accept only these: 192.0.2.0/24,::1")->delimiter(',');
  add("--token-file", options.token_file, "FILE", "Accept only clients with this file's token");
  add("--tls-cert", server.tls.certificate, "FILE", "Use TLS, with this certificate (PEM)");
  add("--tls-key", server.tls.key, "FILE", "Private key of the certificate (PEM)");
  add("--tls-ca", server.tls.authorities, "FILE", "Accept only clients certified by these (PEM)");
}

/// Refuses options that would have no effect.
void check(const CLI::App& app) {
  refuse_without(app, {"--web"}, {"--web-send", "--dbc"});
  refuse_without(app, {"--list-interfaces", "--show-config"}, {"--json"});
}

/// A descriptor that is readable after SIGUSR1.
int statistics_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const int descriptor = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor < 0) fail_errno("signalfd", errno);
  return descriptor;
}

/// Raises the limit of open files as far as allowed: each client needs two or three descriptors.
void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string text_of(const remote::Statistics& statistics) {
  return fmt::format(
      "{}, {} connections, {} refused; {} messages from clients, {} not sent; "
      "{} to clients, {} dropped",
      counted(statistics.clients, "client"), grouped(statistics.accepted),
      grouped(statistics.refused), grouped(statistics.messages_in), grouped(statistics.failed),
      grouped(statistics.messages_out), grouped(statistics.dropped));
}

class Serving {
 public:
  Serving(const Program& program, const Options& options, const BusOptions& bus)
      : program_(program),
        statistics_signal_(statistics_signal()),
        config_(config_from(bus)),
        server_(options.server, config_, open_bus,
                [this](LogLevel level, const std::string& text) { log(level, text); }) {
    server_.watch(signals_.descriptor(), [this] {
      if (signals_.received() != 0) server_.stop();
    });
    server_.watch(statistics_signal_, [this] { show_statistics(); });
    if (!options.web.where.empty()) show_page(options);
  }
  ~Serving() { ::close(statistics_signal_); }

  Exit run() {
    program_.say(fmt::format("listening on {}", server_.address()));
    systemd::notify("READY=1");
    server_.run();
    systemd::notify("STOPPING=1");
    if (page_) page_->stop();
    server_.drain(kDrain);
    log(LogLevel::info, text_of(server_.statistics()));
    if (server_.opens_bus() || (page_ && page_->opens_bus())) leave(Exit::ok);
    return Exit::ok;
  }

 private:
  /// Opens the bus once as a check. A bus that can't be opened now may open later, so this is a
  /// warning; wrong usage, such as an unknown interface, is an error.
  BusConfig config_from(const BusOptions& options) const {
    BusConfig config = options.config();
    try {
      print_notices(program_, *open_bus(config));
    } catch (const Error& error) {
      if (error.code() == Errc::invalid) throw;
      program_.warn(fmt::format("warning: {}", error.what()));
    }
    return config;
  }

  void show_page(const Options& options) {
    page_ = std::make_unique<web::Service>(
        options.web, options.server, config_, open_bus, load_catalog(program_, options.web.signals),
        [this](LogLevel level, const std::string& text) { log(level, text); });
    program_.say(fmt::format("web page at {}", page_->address()));
  }

  void log(LogLevel level, const std::string& text) {
    const std::lock_guard lock(lines_mutex_);
    const int verbose = program_.verbosity().verbose;
    if (level == LogLevel::warning || (level == LogLevel::info && verbose > 0) || verbose > 1)
      lines_.print(text);
  }

  void show_statistics() {
    signalfd_siginfo info;
    while (::read(statistics_signal_, &info, sizeof info) == sizeof info)
      log(LogLevel::warning, text_of(server_.statistics()));
  }

  const Program& program_;
  std::mutex lines_mutex_;  // guards lines_
  LogLines lines_{"canserver"};
  const int statistics_signal_;
  const BusConfig config_;
  remote::Server server_;
  std::unique_ptr<web::Service> page_;  // null: none
  Signals signals_;  // last: before, a signal ends the program at once, as no client is connected
};

}  // namespace
}  // namespace can::cli

int main(int argc, char** argv) {
  using namespace can::cli;
  Program program("canserver", "Share a CAN bus with clients over TCP.", "canserver [options]",
                  "  canserver -i virtual -c bench --host 127.0.0.1\n"
                  "  canserver -i socketcan -c can0 -b 500000 --allow 192.0.2.0/24\n"
                  "  canserver -i socketcan -c can0 --web 8080 --dbc drive.dbc\n"
                  "  canlogger -i remote -c server.example.org");
  Options options;
  add_options(program.app(), options);
  can::web::add_web_options(program.app(), options.web);
  BusOptions bus(program, BusOptions::Filtering::no);
  return program.run(
      argc, argv,
      [&] {
        check(program.app());
        if (!options.token_file.empty())
          options.server.token = can::remote::read_token(options.token_file);
        bus.set_default(can::OptionRole::reconnect, "true");
        options.server.inherited_socket = can::systemd::inherited_socket();
        raise_file_limit();
        return Serving(program, options, bus).run();
      },
      true);
}
