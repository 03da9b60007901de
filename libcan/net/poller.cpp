// SPDX-License-Identifier: MIT
#include "libcan/net/poller.h"

#include <array>
#include <cerrno>

#include "libcan/model/error.h"

namespace can::remote {

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) fail_errno("epoll", errno);
}

void Poller::add(int descriptor, std::uint32_t events, Handler& handler) {
  control(EPOLL_CTL_ADD, descriptor, events, &handler);
}

void Poller::change(int descriptor, std::uint32_t events, Handler& handler) {
  control(EPOLL_CTL_MOD, descriptor, events, &handler);
}

void Poller::remove(int descriptor) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void Poller::wait(int timeout_ms) {
  std::array<epoll_event, 256> ready;
  const int count =
      ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), timeout_ms);
  if (count < 0 && errno != EINTR) fail_errno("epoll", errno);
  for (int i = 0; i < count; ++i)
    static_cast<Handler*>(ready[static_cast<std::size_t>(i)].data.ptr)
        ->ready(ready[static_cast<std::size_t>(i)].events);
}

void Poller::control(int operation, int descriptor, std::uint32_t events, Handler* handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = handler;
  if (::epoll_ctl(epoll_.get(), operation, descriptor, &event) != 0) fail_errno("epoll", errno);
}

}  // namespace can::remote
