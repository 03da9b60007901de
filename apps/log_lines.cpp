// SPDX-License-Identifier: MIT
#include "apps/log_lines.h"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <climits>

#include "libcan/model/ascii.h"

namespace can::cli {

void LogLines::print(const std::string& text) {
  if (lost_ > 0 && write(fmt::format("{} lines lost: nobody read standard error", lost_)))
    lost_ = 0;
  if (lost_ > 0 || !write(text)) ++lost_;
}

/// False without room. A pipe that is ready takes PIPE_BUF bytes without waiting (pipe(7)).
bool LogLines::write(const std::string& text) const {
  pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (::poll(&room, 1, 0) == 0) return false;
  std::string line = fmt::format("{}: {}", program_, escaped(text)).substr(0, PIPE_BUF - 1) + '\n';
  // A failure would be told here.
  (void)!::write(STDERR_FILENO, line.data(), line.size());
  return true;
}

}  // namespace can::cli
