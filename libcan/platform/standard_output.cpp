// SPDX-License-Identifier: MIT
#include "libcan/platform/standard_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <mutex>

namespace can {
namespace {

std::atomic<bool> wanted_clean = false;
std::atomic<int> descriptor = STDOUT_FILENO;
std::atomic<std::FILE*> stream = nullptr;  // null: stdout

void divert() {
  std::fflush(stdout);
  const int copy = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  std::FILE* const opened = copy < 0 ? nullptr : ::fdopen(copy, "w");
  if (!opened) return;
  descriptor = copy;
  stream = opened;
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

}  // namespace

void keep_standard_output_clean() { wanted_clean = true; }

void divert_foreign_output() {
  static std::once_flag once;
  if (wanted_clean) std::call_once(once, divert);
}

int standard_output() { return descriptor; }

std::FILE* standard_output_stream() {
  std::FILE* const opened = stream;
  return opened ? opened : stdout;
}

}  // namespace can
