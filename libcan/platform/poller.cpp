// SPDX-License-Identifier: MIT
#include "libcan/platform/poller.h"

#include <array>
#include <cerrno>
#include <span>
#include <utility>

#include "libcan/model/fail.h"

namespace can {

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) fail_errno("epoll", errno);
}

void Poller::wait(int timeout_ms) {
  std::array<epoll_event, 256> ready;
  const int count =
      ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), timeout_ms);
  if (count < 0 && errno != EINTR) fail_errno("epoll", errno);
  for (const epoll_event& event :
       std::span(ready).first(static_cast<std::size_t>(count < 0 ? 0 : count)))
    static_cast<Watch*>(event.data.ptr)->ready_(event.events);
}

void Poller::control(int operation, int descriptor, std::uint32_t events, Watch* watch) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = watch;
  if (::epoll_ctl(epoll_.get(), operation, descriptor, &event) != 0) fail_errno("epoll", errno);
}

Watch::~Watch() {
  if (events_ != 0) ::epoll_ctl(poller_.epoll_.get(), EPOLL_CTL_DEL, descriptor_, nullptr);
}

void Watch::set(int descriptor, std::uint32_t events) {
  if (events == events_) return;
  // epoll reports a broken connection for any set of events, so no events means no registration.
  const int operation = events == 0 ? EPOLL_CTL_DEL : events_ == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  poller_.control(operation, descriptor, events, this);
  descriptor_ = descriptor;
  events_ = events;
}

}  // namespace can
