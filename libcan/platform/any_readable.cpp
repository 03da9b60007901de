// SPDX-License-Identifier: MIT
#include "libcan/platform/any_readable.h"

#include <sys/epoll.h>

#include <cerrno>

#include "libcan/model/fail.h"

namespace can {

AnyReadable::AnyReadable() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) fail_errno("epoll", errno);
}

void AnyReadable::add(int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) fail_errno("epoll", errno);
}

void AnyReadable::remove(int descriptor) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
}

}  // namespace can
