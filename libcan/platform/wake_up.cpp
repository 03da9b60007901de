// SPDX-License-Identifier: MIT
#include "libcan/platform/wake_up.h"

#include <sys/eventfd.h>

#include <cerrno>

#include "libcan/model/fail.h"

namespace can {

WakeUp::WakeUp() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) fail_errno("eventfd", errno);
}

void WakeUp::signal() const noexcept { ::eventfd_write(event_.get(), 1); }

void WakeUp::clear() const noexcept {
  eventfd_t value;
  ::eventfd_read(event_.get(), &value);
}

}  // namespace can
