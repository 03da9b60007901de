// SPDX-License-Identifier: MIT
#include "drivers/support/congestion.h"

#include <poll.h>

#include <cerrno>

#include "cansuite/wait.h"

namespace can {

bool Congestion::remember(int error) {
  error_ = error;
  return error == EAGAIN || error == ENOBUFS || error == EINTR;
}

bool Congestion::wait(int socket, std::chrono::nanoseconds limit) const {
  if (error_ != EAGAIN) return false;
  wait_for(socket, POLLOUT, limit);
  return true;
}

}  // namespace can
