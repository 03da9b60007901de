// SPDX-License-Identifier: MIT
#include "libcan/platform/descriptor_limit.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "libcan/platform/descriptor.h"

namespace can {

std::size_t descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

bool few_descriptors_left(std::size_t count) {
  const Descriptor next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  return !next || static_cast<std::size_t>(next.get()) + count >= descriptor_limit();
}

}  // namespace can
