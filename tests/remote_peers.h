// SPDX-License-Identifier: MIT
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "cansuite/config.h"
#include "libcan/platform/descriptor.h"
#include "tests/running_server.h"

using Bytes = std::vector<std::uint8_t>;

/// The handshake of a client of version 4.
const Bytes kHello = {1, 4, 0, 7, 0xA1, 0x20, 10, 0};

/// A client, or a server, that sends what a test wants.
class RawPeer {
 public:
  explicit RawPeer(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address = loopback(port);
    REQUIRE(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0);
  }
  explicit RawPeer(can::Descriptor socket) : socket_(std::move(socket)) {}

  void send(const Bytes& bytes) {
    // The server may have closed already: that is its right.
    (void)::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void end() { ::shutdown(socket_.get(), SHUT_WR); }
  int descriptor() const { return socket_.get(); }

  /// What comes, until `size` bytes or the end; at most ten seconds for each piece.
  Bytes receive(std::size_t size) {
    Bytes all;
    while (all.size() < size) {
      pollfd waiting = {.fd = socket_.get(), .events = POLLIN, .revents = 0};
      std::uint8_t some[4096];
      if (::poll(&waiting, 1, 10'000) != 1) break;
      const ssize_t got = ::recv(socket_.get(), some, std::min(sizeof some, size - all.size()), 0);
      if (got <= 0) return all;
      all.insert(all.end(), some, some + got);
    }
    return all;
  }
  bool is_closed() {
    std::uint8_t one;
    pollfd waiting = {.fd = socket_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 10'000) == 1 && ::recv(socket_.get(), &one, 1, 0) <= 0;
  }

 private:
  can::Descriptor socket_;
};

inline std::string text_of(const Bytes& event) {
  return event.size() < 2 ? "" : std::string(event.begin() + 2, event.end());
}

/// A listening socket whose connections a test answers itself.
class FakeServer {
 public:
  FakeServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(socket_.get(), 8) == 0);
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  RawPeer accept() {
    return RawPeer(can::Descriptor(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
  }
  can::BusConfig client() const {
    can::BusConfig config;
    config.interface = "remote";
    config.channel = "127.0.0.1:" + std::to_string(port_);
    return config;
  }

 private:
  can::Descriptor socket_;
  std::uint16_t port_ = 0;
};

template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}
