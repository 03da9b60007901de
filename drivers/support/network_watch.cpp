// SPDX-License-Identifier: MIT
#include "drivers/support/network_watch.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>

#include "libcan/model/fail.h"

namespace can {

Descriptor open_netlink(std::uint32_t groups) {
  Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  const sockaddr_nl address = {
      .nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = 0, .nl_groups = groups};
  if (!socket ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail_errno("netlink", errno);
  return socket;
}

NetworkWatch::NetworkWatch(std::uint32_t groups, const Descriptor& socket)
    : netlink_(open_netlink(groups)) {
  either_.add(netlink_.get());
  either_.add(socket.get());
}

bool NetworkWatch::changed() {
  // Callers read the network's current state, so the content of a notice doesn't matter, nor do
  // notices that the kernel dropped.
  bool any = false;
  char bytes[4096];
  while (::recv(netlink_.get(), bytes, sizeof bytes, MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
    any = true;
  return any;
}

}  // namespace can
