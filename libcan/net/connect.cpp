// SPDX-License-Identifier: MIT
#include "libcan/net/connect.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "libcan/model/fail.h"
#include "libcan/net/listen.h"

namespace can::remote {
namespace {

/// What connecting to this address came to: 0 or an error number.
int try_address(const addrinfo& address, const Deadline& deadline, Descriptor& socket) {
  socket = Descriptor(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return errno;
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  while (!wait_for(socket.get(), POLLOUT, deadline.left()))
    if (deadline.passed()) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace

Descriptor connect_to(const Endpoint& server, const Deadline& deadline) {
  const AddressList addresses = resolve(server, false);
  int error = 0;
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
    Descriptor socket;
    error = try_address(*each, deadline, socket);
    if (error != 0) continue;
    prepare(socket);
    return socket;
  }
  fail_errno("can't connect", error);
}

}  // namespace can::remote
