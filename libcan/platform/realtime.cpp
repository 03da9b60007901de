// SPDX-License-Identifier: MIT
#include "libcan/platform/realtime.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

#include "libcan/model/fail.h"

namespace can {

std::vector<std::string> become_realtime() {
  constexpr int kPriority = 10;  // above usual programs, below the kernel's interrupt threads
  std::vector<std::string> refused;
  const sched_param priority{.sched_priority = kPriority};
  if (::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority) != 0)
    refused.push_back(
        fmt::format("no real-time priority: {}; it takes root, or \"rtprio {}\" for the user in "
                    "/etc/security/limits.conf",
                    std::strerror(errno), kPriority));
  if (::mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
    refused.push_back(
        fmt::format("memory is not locked: {}; it takes root, or \"memlock unlimited\" for the "
                    "user in /etc/security/limits.conf",
                    std::strerror(errno)));
  return refused;
}

// For Linux a "process" of setpriority() is a thread; 0: the calling one.
void yield_to_others() { ::setpriority(PRIO_PROCESS, 0, 19); }

}  // namespace can
