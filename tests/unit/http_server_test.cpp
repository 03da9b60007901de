// SPDX-License-Identifier: MIT
#include "libcan/net/http_server.h"

#include <sys/socket.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "libcan/model/fail.h"
#include "libcan/net/connect.h"

using namespace can;
using namespace can::http;
using namespace std::chrono_literals;

namespace {

/// Answers with the path; /events makes viewers, /late answers late, /large much.
class Echo final : public Handler {
 public:
  Response answer(const Request& request) override {
    if (request.path == "/events") return {.streams = true};
    if (request.path == "/late") return {.status = 401, .delay = 300ms};
    if (request.path == "/large") return {.body = large_};
    return text_response(200, std::string(request.path));
  }
  void tick() override { ++ticks; }
  SharedText update(std::uint64_t& seen) override {
    const std::uint64_t now = ticks;
    if (seen == now) return nullptr;
    seen = now;
    return std::make_shared<const std::string>(fmt::format("<{}>", now) +
                                               std::string(padding, ' '));
  }

  std::atomic<std::uint64_t> ticks = 1;
  std::atomic<std::size_t> padding = 0;

 private:
  const SharedText large_ = std::make_shared<const std::string>(16 << 20, 'x');
};

struct Running {
  explicit Running(Options options = {})
      : server(complete(std::move(options)), echo), thread([this] { server.run(); }) {}
  ~Running() {
    server.stop();
    thread.join();
  }
  static Options complete(Options options) {
    options.where = {.host = "127.0.0.1", .port = 0};
    options.log = [](LogLevel, const std::string&) {};
    return options;
  }

  Echo echo;
  Server server;
  std::thread thread;
};

class Peer {
 public:
  explicit Peer(const Running& running)
      : socket_(remote::connect_to(remote::parse_endpoint(running.server.address(), 0),
                                   Deadline(10s))) {}
  Peer(const Running& running, std::string_view path) : Peer(running) {
    write(fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path));
  }

  void write(std::string_view bytes) const {
    ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  /// What has come when `enough` is part of it, or the server has closed.
  std::string read(std::string_view enough = "\xFF") {
    while (got_.find(enough) == got_.npos && can::wait_readable(socket_.get(), 20s)) {
      char bytes[4096];
      const ssize_t size = ::recv(socket_.get(), bytes, sizeof bytes, 0);
      if (size <= 0) break;
      got_.append(bytes, static_cast<std::size_t>(size));
    }
    return got_;
  }

 private:
  Descriptor socket_;
  std::string got_;
};

constexpr const char* kEmpty = "HTTP/1.1 200 OK";

bool starts(Peer& peer, const char* with) { return peer.read("\r\n").starts_with(with); }

}  // namespace

TEST_CASE("a request of HTTP gets its answer, then the connection ends", "[web]") {
  const Running running;
  Peer peer(running, "/abc?d=e");
  const std::string answer = peer.read();
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"));
  CHECK(answer.find("Connection: close\r\n") != answer.npos);
  CHECK(answer.ends_with("Content-Length: 4\r\n\r\n/abc"));
  Peer wrong(running);
  wrong.write("GET / HTTP/1.1\r\n\r\n");
  CHECK(starts(wrong, "HTTP/1.1 400 Bad Request"));
  Peer large(running, "/large");
  CHECK(large.read().size() > (16u << 20));
}

TEST_CASE("HEAD has the head of what GET serves, and no body", "[web]") {
  const Running running;
  for (const char* path : {"/abc", "/large", "/events"}) {
    Peer head(running), get(running, path);
    head.write(fmt::format("HEAD {} HTTP/1.1\r\nHost: a\r\n\r\n", path));
    const std::string answer = head.read();
    const std::string other = get.read("\r\n\r\n");
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer == other.substr(0, other.find("\r\n\r\n") + 4));
  }
}

TEST_CASE("an answer may be delayed", "[web]") {
  const Running running;
  const auto start = std::chrono::steady_clock::now();
  Peer peer(running, "/late");
  CHECK(starts(peer, "HTTP/1.1 401 Unauthorized"));
  CHECK(std::chrono::steady_clock::now() - start >= 300ms);
}

TEST_CASE("viewers get updates, slow ones fewer", "[web]") {
  Running running;
  running.echo.padding = 1 << 20;
  Peer slow(running, "/events");
  CHECK(starts(slow, kEmpty));
  const std::uint64_t first = running.echo.ticks;
  while (running.echo.ticks < first + 25) std::this_thread::sleep_for(10ms);
  running.echo.padding = 0;
  Peer quick(running, "/events");
  const std::string last = fmt::format("<{}>", running.echo.ticks + 3);
  CHECK(quick.read(last).find(last) != std::string::npos);
  std::string all = slow.read(fmt::format("<{}>", running.echo.ticks + 3));
  const auto updates = std::ranges::count(all, '<');
  CHECK(updates > 3);
  CHECK(updates < 25);  // of more than 30
}

TEST_CASE("a viewer who talks is closed", "[web]") {
  const Running running;
  Peer peer(running, "/events");
  CHECK(starts(peer, kEmpty));
  peer.write("x");
  CHECK(peer.read("<30>").find("<30>") == std::string::npos);
}

TEST_CASE("viewers have a limit", "[web]") {
  const Running running({.max_viewers = 2});
  Peer first(running, "/events"), second(running, "/events");
  CHECK(starts(first, kEmpty));
  CHECK(starts(second, kEmpty));
  Peer third(running, "/events");
  CHECK(starts(third, "HTTP/1.1 503 Service Unavailable"));
}

TEST_CASE("the oldest connection without a request makes room", "[web]") {
  const Running running({.max_connections = 3});
  Peer viewer(running, "/events");
  CHECK(starts(viewer, kEmpty));
  Peer oldest(running), second(running);
  oldest.write("GET / ");
  Peer third(running, "/third");
  CHECK(starts(third, kEmpty));
  CHECK(oldest.read().empty());
  second.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(starts(second, kEmpty));
  CHECK_FALSE(viewer.read("<3>").empty());
}

TEST_CASE("a request has to be complete in time", "[web]") {
  const Running running({.patience = 300ms});
  Peer peer(running);
  for (int i = 0; i < 3; ++i) {
    peer.write("X");
    std::this_thread::sleep_for(50ms);
  }
  CHECK(peer.read().empty());
  Peer viewer(running, "/events");
  CHECK(viewer.read("<20>").find("<20>") != std::string::npos);  // has no end
}

TEST_CASE("answers that nobody takes are bounded", "[web]") {
  const Running running({.max_waiting = 8 << 20});
  Peer first(running, "/large");
  CHECK(starts(first, kEmpty));
  Peer second(running, "/large");
  CHECK(starts(second, "HTTP/1.1 503"));
  first.read();
  Peer third(running, "/large");
  CHECK(starts(third, kEmpty));
}

TEST_CASE("only some addresses may connect", "[web]") {
  const Running running({.allow = {"192.0.2.0/24"}});
  Peer peer(running, "/");
  CHECK(peer.read().empty());
  const Running open({.allow = {"192.0.2.0/24", "127.0.0.0/8"}});
  Peer other(open, "/");
  CHECK(starts(other, kEmpty));
}
