// SPDX-License-Identifier: MIT
#include "drivers/socketcan/watch.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "drivers/socketcan/netlink.h"
#include "libcan/error.h"

namespace can::socketcan {

Watch::Watch(const Descriptor& socket)
    : netlink_(open_netlink(RTMGRP_LINK)), either_(::epoll_create1(EPOLL_CLOEXEC)) {
  for (const int each : {netlink_.get(), socket.get()}) {
    epoll_event event = {.events = EPOLLIN, .data = {.fd = each}};
    if (::epoll_ctl(either_.get(), EPOLL_CTL_ADD, each, &event) != 0) fail_errno("epoll", errno);
  }
}

bool Watch::changed() {
  // Who asks looks at the link as it is now: what the kernel says of each change doesn't matter,
  // nor that it had to drop some of it.
  bool any = false;
  char bytes[4096];
  while (::recv(netlink_.get(), bytes, sizeof bytes, MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
    any = true;
  return any;
}

}  // namespace can::socketcan
