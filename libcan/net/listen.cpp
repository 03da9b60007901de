// SPDX-License-Identifier: MIT
#include "libcan/net/listen.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>

#include "libcan/model/fail.h"
#include "libcan/net/address.h"

namespace can::remote {
namespace {

void set_option(const Descriptor& socket, int level, int option, int value) {
  if (::setsockopt(socket.get(), level, option, &value, sizeof value) != 0)
    fail_errno("socket option", errno);
}

[[noreturn]] void fail_listening(const Endpoint& where, int error) {
  if (error == EADDRNOTAVAIL)
    fail(Errc::not_found, "{}: this machine has no such address", where.host);
  fail_errno(fmt::format("port {}", where.port), error);
}

Descriptor listen_on(const addrinfo& address, const Endpoint& where) {
  Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) fail_errno("socket", errno);
  // SO_REUSEADDR lets a server start again while old connections are in TIME_WAIT.
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  if (address.ai_family == AF_INET6) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (::bind(socket.get(), address.ai_addr, address.ai_addrlen) != 0 ||
      ::listen(socket.get(), SOMAXCONN) != 0)
    fail_listening(where, errno);
  return socket;
}

}  // namespace

Descriptor adopt_listening(int number) {
  Descriptor socket(number);
  int listening = 0;
  socklen_t size = sizeof listening;
  if (::getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0)
    fail(Errc::invalid, "inherited descriptor {}: expected a listening socket", number);
  ::fcntl(number, F_SETFD, FD_CLOEXEC);
  ::fcntl(number, F_SETFL, ::fcntl(number, F_GETFL) | O_NONBLOCK);
  return socket;
}

std::vector<Descriptor> listen_on(const Endpoint& where) {
  std::vector<Descriptor> sockets;
  const AddressList addresses = resolve(where, true);
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
    sockets.push_back(listen_on(*each, where));
    if (where.port == 0) break;  // each further address would get another port
  }
  return sockets;
}

sockaddr_storage local_address(const Descriptor& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail_errno("getsockname", errno);
  return address;
}

void prepare(const Descriptor& socket) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 30);   // seconds of silence before the first probe
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);  // seconds between probes
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

}  // namespace can::remote
