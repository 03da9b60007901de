// SPDX-License-Identifier: MIT
#include "cansuite/server.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <optional>
#include <utility>

#include "libcan/model/fail.h"
#include "libcan/net/address.h"
#include "libcan/net/listen.h"
#include "libcan/net/tls.h"
#include "libcan/platform/descriptor_limit.h"
#include "libcan/platform/wake_up.h"
#include "libcan/remote/connection.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kTick = 250ms;
constexpr int kAcceptAtOnce = 64;
constexpr std::size_t kMaxStrangers = 1024;  // connections without a bus

}  // namespace

class Server::Loop {
 public:
  Loop(ServerOptions options, BusConfig config, OpenBus open, Log log)
      : service_{.options = std::move(options),
                 .config = std::move(config),
                 .open = std::move(open),
                 .log = std::move(log)} {
    for (const std::string& range : service_.options.allow) allowed_.emplace_back(range);
    if (service_.options.tls.any()) tls_ = Tls::for_server(service_.options.tls);
    const ServerOptions& wanted = service_.options;
    if (wanted.inherited_socket >= 0)
      listeners_.push_back(adopt_listening(wanted.inherited_socket));
    else
      listeners_ = listen_on({wanted.host, wanted.port});
    for (const Descriptor& listener : listeners_)
      accepting_.emplace_back(poller_, [this, &listener](std::uint32_t) { accept_from(listener); });
    set_accepting(EPOLLIN);
    watch(stop_.descriptor(), [this] {
      stop_.clear();
      stopped_ = true;
    });
    warn_if_open();
  }

  std::string address() const { return to_string(local_address(listeners_.front())); }
  std::uint16_t port() const { return port_of(local_address(listeners_.front())); }
  const Statistics& statistics() const { return service_.statistics; }
  bool opens_bus() const { return !service_.abandoned.empty(); }
  void stop() { stop_.signal(); }

  void watch(int descriptor, std::function<void()> ready) {
    watched_.emplace_back(poller_, [ready = std::move(ready)](std::uint32_t) { ready(); })
        .set(descriptor, EPOLLIN);
  }

  void run() {
    while (!stopped_) turn();
  }

  void drain(std::chrono::nanoseconds limit) {
    const auto end = Clock::now() + limit;
    accepting_.clear();
    listeners_.clear();
    for (Client& client : clients_) client.connection->say_goodbye("the server is stopping");
    remove_gone();
    while (!clients_.empty() && Clock::now() < end) turn();
    clients_.clear();
  }

 private:
  struct Client {
    std::unique_ptr<Connection> connection;
    bool is_listed = false;  // in changed_
  };
  using Clients = std::list<Client>;

  void turn() {
    poller_.wait(timeout());
    // A handler may end a connection whose own handler is still to come in this round.
    for (Client* client : std::exchange(unfinished_, {}))
      if (client->connection->has_more()) client->connection->go_on();
    check_changed();
    let_another_be_first();
    if (Clock::now() - ticked_ >= kTick) tick();
  }

  int timeout() const {
    const auto waits = [](const Client* client) { return client->connection->waits_for_bus(); };
    if (!std::ranges::all_of(unfinished_, waits)) return 0;
    if (!unfinished_.empty()) return 1;
    const bool idle = clients_.empty() && service_.abandoned.empty() && !paused_;
    return idle ? -1 : static_cast<int>(kTick.count());
  }

  /// Rotates the clients' turns: a full bus takes only a few messages at a time.
  void let_another_be_first() {
    if (unfinished_.empty()) return;
    const auto first = static_cast<std::ptrdiff_t>(turns_++ % unfinished_.size());
    std::rotate(unfinished_.begin(), unfinished_.begin() + first, unfinished_.end());
  }

  void check_changed() {
    bool any_gone = false;
    for (Client* client : std::exchange(changed_, {})) {
      client->is_listed = false;
      any_gone |= client->connection->is_gone();
      if (client->connection->has_more()) unfinished_.push_back(client);
    }
    if (any_gone) remove_gone();
  }

  void remove_gone() {
    clients_.remove_if([](const Client& client) { return client.connection->is_gone(); });
    changed_.clear();
    unfinished_.clear();
    for (Client& client : clients_) {
      client.is_listed = false;
      if (client.connection->has_more()) unfinished_.push_back(&client);
    }
  }

  void tick() {
    ticked_ = Clock::now();
    for (Client& client : clients_) client.connection->tick(ticked_);
    check_changed();
    std::erase_if(service_.abandoned, [](const OpeningBus& opening) {
      return opening.wait_for(0s) == std::future_status::ready;
    });
    if (std::exchange(paused_, false)) set_accepting(EPOLLIN);
  }

  void accept_from(const Descriptor& listener) {
    for (int i = 0; i < kAcceptAtOnce; ++i) {
      sockaddr_storage address{};
      socklen_t size = sizeof address;
      Descriptor socket(::accept4(listener.get(), reinterpret_cast<sockaddr*>(&address), &size,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket) return accept_failed(errno);
      ++service_.statistics.accepted;
      admit(std::move(socket), address);
    }
  }

  void accept_failed(int error) {
    if (error != EMFILE && error != ENFILE && error != ENOBUFS && error != ENOMEM) return;
    if (drop_oldest_stranger("no file descriptor is left for another connection")) return;
    // The connection stays in the listen queue: without a pause the loop would spin.
    service_.log(LogLevel::warning, "too many open files: new connections have to wait");
    set_accepting(0);
    paused_ = true;
  }

  void set_accepting(std::uint32_t events) {
    auto listener = listeners_.begin();
    for (Watch& watch : accepting_) watch.set((listener++)->get(), events);
  }

  void admit(Descriptor socket, const sockaddr_storage& address) {
    const std::string peer = to_string(address);
    const auto contains = [&](const Network& network) { return network.contains(address); };
    if (!allowed_.empty() && std::ranges::none_of(allowed_, contains)) {
      ++service_.statistics.refused;
      return service_.log(LogLevel::info, peer + ": not allowed to connect");
    }
    make_room_for_stranger();
    Client& client = clients_.emplace_back();
    try {
      prepare(socket);
      client.connection = std::make_unique<Connection>(
          poller_, service_,
          tls_ ? tls_->accept(std::move(socket)) : plain_transport(std::move(socket)), peer,
          [this, &client] { list_changed(client); });
    } catch (const Error& error) {
      clients_.pop_back();
      service_.log(LogLevel::warning, fmt::format("{}: {}", peer, error.what()));
    }
  }

  void list_changed(Client& client) {
    if (client.is_listed) return;
    client.is_listed = true;
    changed_.push_back(&client);
  }

  void make_room_for_stranger() {
    const std::size_t strangers = clients_.size() - service_.statistics.clients;
    // Clients need descriptors, too.
    if (strangers >= std::min(kMaxStrangers, descriptor_limit() / 2))
      drop_oldest_stranger("too many connections without a handshake");
  }

  /// Drops the oldest connection without a bus. False if there is none.
  bool drop_oldest_stranger(const char* reason) {
    const auto oldest = std::ranges::find_if(clients_, [](const Client& client) {
      return client.connection->is_stranger() && !client.connection->is_gone();
    });
    if (oldest == clients_.end()) return false;
    oldest->connection->drop(reason);
    return true;
  }

  void warn_if_open() const {
    const ServerOptions& options = service_.options;
    if (is_loopback(local_address(listeners_.front())) || options.read_only ||
        !options.allow.empty() || !options.token.empty() || !options.tls.authorities.empty())
      return;
    service_.log(LogLevel::warning,
                 fmt::format("everyone who can reach {} may send on this bus; see --host, "
                             "--allow, --read-only, --token-file and --tls-ca",
                             address()));
  }

  Service service_;
  std::vector<Network> allowed_;
  std::optional<Tls> tls_;
  Poller poller_;
  WakeUp stop_;
  std::vector<Descriptor> listeners_;
  std::list<Watch> accepting_;  // in the order of listeners_
  std::list<Watch> watched_;
  Clients clients_;                  // in the order of their connections
  std::vector<Client*> changed_;     // in this round
  std::vector<Client*> unfinished_;  // with input for the next round
  std::size_t turns_ = 0;
  bool stopped_ = false, paused_ = false;
  Clock::time_point ticked_ = Clock::now();
};

Server::Server(ServerOptions options, BusConfig config, OpenBus open, Log log)
    : loop_(std::make_unique<Loop>(std::move(options), std::move(config), std::move(open),
                                   std::move(log))) {}
Server::~Server() = default;

std::string Server::address() const { return loop_->address(); }
std::uint16_t Server::port() const { return loop_->port(); }
void Server::watch(int descriptor, std::function<void()> ready) {
  loop_->watch(descriptor, std::move(ready));
}
void Server::run() { loop_->run(); }
void Server::stop() { loop_->stop(); }
void Server::drain(std::chrono::nanoseconds limit) { loop_->drain(limit); }
bool Server::opens_bus() const { return loop_->opens_bus(); }
const Statistics& Server::statistics() const { return loop_->statistics(); }

}  // namespace can::remote
