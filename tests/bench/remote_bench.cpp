// SPDX-License-Identifier: MIT
// How fast canserver's server brings messages from one client to many, beside the limit in the same
// run: a relay that only copies bytes from each socket to all the others.
//
//   remote_bench [rounds [messages a write [receiving clients]]]
//
// One line for each number of messages that the sender writes at once, and of clients that receive
// them. The rate is the quickest round's, as is the processor time of the server's thread: they are
// the same work each time, and whatever else the machine does only adds to them.

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "libcan/platform/descriptor.h"
#include "tests/running_server.h"

using namespace can;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kEvent = 23;
constexpr std::size_t kWindow = 20;  // writes under way
constexpr std::size_t kHello = 8;

void check(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  std::exit(1);
}

Descriptor tcp_socket(int flags = 0) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
  const int one = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return socket;
}

/// The limit: whatever one socket sends goes to all others. It keeps no rules and no bounds.
class Relay {
 public:
  Relay() : listener_(tcp_socket()), stop_(::eventfd(0, EFD_CLOEXEC)), epoll_(::epoll_create1(0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    check(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
    check(::listen(listener_.get(), 512) == 0, "listen");
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    watch(listener_.get());
    watch(stop_.get());
    thread_ = std::thread([this] { run(); });
  }
  ~Relay() {
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
  }
  std::uint16_t port() const { return port_; }

 private:
  void watch(int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
  }

  void run() {
    std::array<epoll_event, 256> ready;
    for (;;) {
      const int count = ::epoll_wait(epoll_.get(), ready.data(), ready.size(), -1);
      for (int i = 0; i < count; ++i) {
        const int descriptor = ready[static_cast<std::size_t>(i)].data.fd;
        if (descriptor == stop_.get()) return;
        if (descriptor == listener_.get())
          welcome();
        else
          forward(descriptor);
      }
    }
  }

  void welcome() {
    Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const int one = 1;
    ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    std::array<std::uint8_t, kHello> hello;
    check(::recv(client.get(), hello.data(), hello.size(), MSG_WAITALL) == kHello, "hello");
    check(::send(client.get(), "\x02\x00", 2, 0) == 2, "answer");
    watch(client.get());
    clients_.push_back(std::move(client));
  }

  void forward(int from) {
    const ssize_t size = ::recv(from, bytes_.data(), bytes_.size(), 0);
    if (size <= 0) {
      std::erase_if(clients_, [from](const Descriptor& client) { return client.get() == from; });
      return;
    }
    for (const Descriptor& client : clients_)
      if (client.get() != from)
        (void)::send(client.get(), bytes_.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
  }

  Descriptor listener_, stop_, epoll_;
  std::uint16_t port_ = 0;
  std::vector<Descriptor> clients_;
  std::array<std::uint8_t, 1 << 16> bytes_;
  std::thread thread_;
};

/// canserver's, on a virtual bus.
class Subject : public RunningServer {
 public:
  Subject() : RunningServer(virtual_bus("bench")) {}
};

/// Of all threads but this one: the server's.
double server_seconds() {
  const auto seconds = [](clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  };
  return seconds(CLOCK_PROCESS_CPUTIME_ID) - seconds(CLOCK_THREAD_CPUTIME_ID);
}

/// Of a message delivered to one receiver, in nanoseconds.
struct Cost {
  double elapsed, server;
};

/// One client that sends and many that receive.
class Load {
 public:
  /// `batch`: messages a write.
  Load(std::uint16_t port, std::size_t receivers, std::size_t batch)
      : batch_(kEvent * batch),
        sender_(connect(port)),
        epoll_(::epoll_create1(0)),
        received_(receivers) {
    for (std::size_t i = 0; i < receivers; ++i) {
      receivers_.push_back(connect(port));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, receivers_.back().get(), &event);
    }
    for (std::size_t at = 0; at < batch_.size(); at += kEvent) {
      batch_[at] = 3;
      batch_[at + 12] = 1;
      batch_[at + 13] = 8;
    }
  }

  /// Of sending that many batches through the server.
  Cost cost(std::size_t batches) {
    std::fill(received_.begin(), received_.end(), 0);
    const auto start = Clock::now();
    const double before = server_seconds();
    for (std::size_t sent = 0; slowest() < batches * batch_.size();) {
      while (sent < batches && sent * batch_.size() <= slowest() + kWindow * batch_.size()) {
        send(batch_.size());
        ++sent;
      }
      take();
    }
    const double messages =
        static_cast<double>(batches * batch_.size() / kEvent * receivers_.size());
    const std::chrono::duration<double, std::nano> elapsed = Clock::now() - start;
    return {elapsed.count() / messages, (server_seconds() - before) * 1e9 / messages};
  }

  /// From sending one message to each receiver's having it, in microseconds, sorted.
  std::vector<double> latencies(std::size_t count) {
    std::vector<double> all;
    for (std::size_t i = 0; i < count; ++i) {
      std::fill(received_.begin(), received_.end(), 0);
      const auto start = Clock::now();
      send(kEvent);
      for (std::size_t done = 0; done < receivers_.size();) {
        const std::size_t more = take();
        const double us = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
        all.insert(all.end(), more, us);
        done += more;
      }
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  static Descriptor connect(std::uint16_t port) {
    Descriptor socket = tcp_socket();
    const sockaddr_in address = loopback(port);
    check(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
          "connect");
    check(::send(socket.get(), "\x01\x04\x00\x07\xA1\x20\x0A\x00", kHello, 0) == kHello, "hello");
    std::array<std::uint8_t, 2> head;
    check(::recv(socket.get(), head.data(), 2, MSG_WAITALL) == 2 && head[0] == 2, "answer");
    std::array<std::uint8_t, 255> text;
    if (head[1] > 0) ::recv(socket.get(), text.data(), head[1], MSG_WAITALL);
    return socket;
  }

  void send(std::size_t size) {
    check(::send(sender_.get(), batch_.data(), size, 0) == static_cast<ssize_t>(size), "send");
  }

  /// Waits; reads once from each receiver that has something. How many they were.
  std::size_t take() {
    std::array<epoll_event, 256> ready;
    const int count = ::epoll_wait(epoll_.get(), ready.data(), ready.size(), 10'000);
    check(count > 0, "messages were lost");
    for (int i = 0; i < count; ++i) {
      const std::size_t number = ready[static_cast<std::size_t>(i)].data.u64;
      const ssize_t size = ::recv(receivers_[number].get(), bytes_.data(), bytes_.size(), 0);
      check(size > 0, "connection");
      received_[number] += static_cast<std::size_t>(size);
    }
    return static_cast<std::size_t>(count);
  }

  std::size_t slowest() const { return *std::min_element(received_.begin(), received_.end()); }

  std::vector<std::uint8_t> batch_;
  Descriptor sender_, epoll_;
  std::vector<Descriptor> receivers_;
  std::vector<std::size_t> received_;  // bytes
  std::array<std::uint8_t, 1 << 16> bytes_;
};

struct Figures {
  double elapsed = 1e9, server = 1e9;  // nanoseconds
  std::vector<double> latencies;
};

template <class Server>
void measure(std::size_t receivers, std::size_t batch, Figures& figures) {
  Server server;
  Load load(server.port(), receivers, batch);
  load.cost(100);  // warms up
  const Cost cost = load.cost(std::max<std::size_t>(200'000 / receivers / batch, 500));
  figures.elapsed = std::min(figures.elapsed, cost.elapsed);
  figures.server = std::min(figures.server, cost.server);
  const auto latencies = load.latencies(300);
  figures.latencies.insert(figures.latencies.end(), latencies.begin(), latencies.end());
}

double quantile(std::vector<double>& values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

void compare(int rounds, std::size_t batch, std::size_t receivers) {
  Figures relay, server;
  for (int i = 0; i < rounds; ++i) {  // in turn: the machine changes under us
    measure<Relay>(receivers, batch, relay);
    measure<Subject>(receivers, batch, server);
  }
  fmt::print(
      "{:9} {:9} {:12.0f} {:12.0f} {:6.2f} {:9.1f} {:9.1f} {:6.2f} {:8.0f} {:7.0f} {:8.0f} "
      "{:7.0f}\n",
      batch, receivers, 1e9 / relay.elapsed, 1e9 / server.elapsed, server.elapsed / relay.elapsed,
      relay.server, server.server, server.server / relay.server, quantile(relay.latencies, 0.5),
      quantile(relay.latencies, 0.99), quantile(server.latencies, 0.5),
      quantile(server.latencies, 0.99));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at) { return static_cast<std::size_t>(std::atol(argv[at])); };
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  fmt::print(
      "{:>9} {:>9} {:>12} {:>12} {:>6} {:>19} {:>6} {:>16} {:>16}\n{:>43} {:>9} {:>9} {:>16}\n",
      "messages", "receivers", "relay msg/s", "server msg/s", "ratio", "CPU ns/message", "ratio",
      "relay us", "server us", "", "relay", "server", "p50, p99 each");
  for (std::size_t batch : {1, 100})
    for (std::size_t receivers : {1, 10, 100})
      if ((argc < 3 || number(2) == batch) && (argc < 4 || number(3) == receivers))
        compare(rounds, batch, receivers);
}
