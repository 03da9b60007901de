// SPDX-License-Identifier: MIT
#include "drivers/support/congestion.h"

#include <poll.h>

#include <cerrno>
#include <chrono>

#include "libcan/platform/wait.h"

namespace can {

bool Congestion::remember(int error) {
  error_ = error;
  return error == EAGAIN || error == ENOBUFS || error == EINTR;
}

bool Congestion::wait(int socket) const {
  using namespace std::chrono_literals;
  if (error_ != EAGAIN) return false;
  wait_for(socket, POLLOUT, 500ms);
  return true;
}

}  // namespace can
