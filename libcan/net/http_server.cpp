// SPDX-License-Identifier: MIT
#include "libcan/net/http_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <optional>
#include <utility>

#include "libcan/model/fail.h"
#include "libcan/net/http_connection.h"
#include "libcan/net/listen.h"
#include "libcan/net/tls.h"
#include "libcan/platform/descriptor_limit.h"
#include "libcan/platform/wake_up.h"

namespace can::http {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Phase = Connection::Phase;

constexpr auto kTick = 100ms;
constexpr int kAcceptAtOnce = 64;
constexpr std::size_t kSpareDescriptors = 64;  // for others in this process

}  // namespace

class Server::Loop {
 public:
  Loop(Options options, Handler& handler) : options_(std::move(options)), handler_(handler) {
    for (const std::string& range : options_.allow) allowed_.emplace_back(range);
    if (options_.tls.any()) tls_ = remote::Tls::for_server(options_.tls);
    listeners_ = remote::listen_on(options_.where);
    for (const Descriptor& listener : listeners_)
      accepting_.emplace_back(poller_, [this, &listener](std::uint32_t) { accept_from(listener); })
          .set(listener.get(), EPOLLIN);
    stop_watch_.set(stop_.descriptor(), EPOLLIN);
  }

  std::string address() const {
    return remote::to_string(remote::local_address(listeners_.front()));
  }
  void stop() { stop_.signal(); }

  void run() {
    while (!stopped_) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick_ - Clock::now());
      poller_.wait(static_cast<int>(std::max(left, 0ms).count()));
      if (Clock::now() >= next_tick_) tick();
      std::erase_if(connections_, [](const auto& each) { return each->phase() == Phase::gone; });
    }
  }

 private:
  /// A tick that comes late moves the later ones: they don't come in a row.
  void tick() {
    next_tick_ = std::max(next_tick_ + kTick, Clock::now() + kTick / 2);
    handler_.tick();
    for (const auto& each : connections_) {
      each->tick(Clock::now());
      if (!each->is_ready()) continue;
      if (SharedText update = handler_.update(each->seen)) each->send(std::move(update));
    }
    set_accepting(EPOLLIN);
  }

  void set_accepting(std::uint32_t events) {
    auto listener = listeners_.begin();
    for (Watch& watch : accepting_) watch.set((listener++)->get(), events);
  }

  void accept_from(const Descriptor& listener) {
    for (int i = 0; i < kAcceptAtOnce; ++i) {
      sockaddr_storage address{};
      socklen_t size = sizeof address;
      Descriptor socket(::accept4(listener.get(), reinterpret_cast<sockaddr*>(&address), &size,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket) return accept_failed(errno);
      admit(std::move(socket), address);
    }
  }

  /// The connection stays in the listen queue until the next tick: without a pause the loop would
  /// spin.
  void accept_failed(int error) {
    if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) set_accepting(0);
  }

  void admit(Descriptor socket, const sockaddr_storage& address) {
    const auto contains = [&](const remote::Network& each) { return each.contains(address); };
    if (!allowed_.empty() && std::ranges::none_of(allowed_, contains))
      return options_.log(LogLevel::info,
                          "web: " + remote::to_string(address) + ": not allowed to connect");
    if (!has_room()) return;
    try {
      remote::prepare(socket);
      connections_.push_back(std::make_unique<Connection>(
          poller_,
          tls_ ? tls_->accept(std::move(socket)) : remote::plain_transport(std::move(socket)),
          options_.patience, answer_));
    } catch (const Error& error) {
      options_.log(LogLevel::debug, std::string("web: ") + error.what());
    }
  }

  /// The oldest connection without a request makes room for a new one.
  bool has_room() {
    const auto open = static_cast<std::size_t>(std::ranges::count_if(
        connections_, [](const auto& each) { return each->phase() != Phase::gone; }));
    if (open < options_.max_connections && !few_descriptors_left(kSpareDescriptors)) return true;
    const auto oldest = std::ranges::find(connections_, Phase::reading,
                                          [](const auto& each) { return each->phase(); });
    if (oldest == connections_.end()) return false;
    (*oldest)->drop();
    return true;
  }

  Response answer(const Request& request) {
    if (waiting() >= options_.max_waiting) return {.status = 503};
    Response response = handler_.answer(request);
    if (response.streams && count(Phase::viewing) >= options_.max_viewers)
      return text_response(503, "too many viewers");
    return response;
  }

  std::size_t count(Phase phase) const {
    return static_cast<std::size_t>(
        std::ranges::count(connections_, phase, [](const auto& each) { return each->phase(); }));
  }

  /// The bytes of answers that clients haven't taken.
  std::size_t waiting() const {
    std::size_t bytes = 0;
    for (const auto& each : connections_)
      if (each->phase() == Phase::answering) bytes += each->waiting();
    return bytes;
  }

  const Options options_;
  Handler& handler_;
  std::vector<remote::Network> allowed_;
  std::optional<remote::Tls> tls_;
  Poller poller_;
  WakeUp stop_;
  Watch stop_watch_{poller_, [this](std::uint32_t) { stopped_ = true; }};
  std::vector<Descriptor> listeners_;
  std::list<Watch> accepting_;  // in the order of listeners_
  const Connection::Answer answer_ = [this](const Request& request) { return answer(request); };
  std::list<std::unique_ptr<Connection>> connections_;  // in the order in which they came
  bool stopped_ = false;
  Clock::time_point next_tick_ = Clock::now();
};

Server::Server(Options options, Handler& handler)
    : loop_(std::make_unique<Loop>(std::move(options), handler)) {}
Server::~Server() = default;

std::string Server::address() const { return loop_->address(); }
void Server::run() { loop_->run(); }
void Server::stop() { loop_->stop(); }

}  // namespace can::http
