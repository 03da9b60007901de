// SPDX-License-Identifier: MIT
// Runs a command and prints what it cost, a line a run:
//   wall and CPU seconds, peak memory in KiB
// Ends with 1 when it fails. Its standard output is thrown away. A program as small as this one
// does it, because a process counts the memory of the one that started it as its own.
//
//   bench_run RUNS COMMAND [ARGUMENT...]

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>

namespace {

double now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

bool run(char** command, const posix_spawn_file_actions_t& actions) {
  pid_t child = 0;
  const double start = now();
  if (::posix_spawnp(&child, command[0], &actions, nullptr, command, environ) != 0) {
    std::fprintf(stderr, "bench_run: can't run %s\n", command[0]);
    return false;
  }
  int status = 0;
  rusage used{};
  ::wait4(child, &status, 0, &used);
  const double wall = now() - start;
  std::printf("%.6f %.6f %ld\n", wall, seconds(used.ru_utime) + seconds(used.ru_stime),
              used.ru_maxrss);
  return status == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  for (int runs = std::atoi(argv[1]); runs > 0; --runs)
    if (!run(argv + 2, actions)) return 1;
  return 0;
}
