// SPDX-License-Identifier: MIT
// For LD_PRELOAD: writes and syncs of files whose path contains $FAULT_PATH are slow or fail while
// the file $FAULT_FILE is there, which holds "<ms before a write> <ms before a sync> <errno of a
// write, or 0>". Each sync adds a line to the file $FAULT_SYNCS.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

struct Faults {
  int write_ms = 0, sync_ms = 0, error = 0;
};

Faults faults() {
  Faults found;
  const char* path = std::getenv("FAULT_FILE");
  if (std::FILE* file = path ? std::fopen(path, "re") : nullptr) {
    if (std::fscanf(file, "%d %d %d", &found.write_ms, &found.sync_ms, &found.error) != 3)
      found = {};
    std::fclose(file);
  }
  return found;
}

bool concerned(int descriptor) {
  char link[64], path[512] = {};
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const char* part = std::getenv("FAULT_PATH");
  return part && ::readlink(link, path, sizeof path - 1) > 0 && std::strstr(path, part);
}

void add_sync() {
  const char* path = std::getenv("FAULT_SYNCS");
  const int file = path ? ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
  if (file < 0) return;
  static_cast<void>(!::dprintf(file, "sync\n"));
  ::close(file);
}

/// Signals don't end it, as they don't end a write to a disk.
void wait(int ms) {
  timespec left{.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1'000'000L};
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" ssize_t write(int descriptor, const void* bytes, size_t size) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  if (!concerned(descriptor)) return real(descriptor, bytes, size);
  const Faults now = faults();
  wait(now.write_ms);
  if (now.error == 0) return real(descriptor, bytes, size);
  real(descriptor, bytes, size / 2);  // as a disk that is full in the middle
  errno = now.error;
  return -1;
}

/// SQLite's write, and that of an end that is replaced.
extern "C" ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t at) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  if (!concerned(descriptor) || faults().error == 0) return real(descriptor, bytes, size, at);
  errno = faults().error;
  return -1;
}

extern "C" ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t at) {
  return pwrite64(descriptor, bytes, size, at);
}

/// The clock of the day is ahead by the seconds in the file $FAULT_CLOCK, where that is there.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static auto* const real = next<int(clockid_t, timespec*)>("clock_gettime");
  const int result = real(clock, time);
  const char* path = clock == CLOCK_REALTIME ? std::getenv("FAULT_CLOCK") : nullptr;
  if (std::FILE* file = path ? std::fopen(path, "re") : nullptr) {
    long ahead = 0;
    if (std::fscanf(file, "%ld", &ahead) == 1) time->tv_sec += ahead;
    std::fclose(file);
  }
  return result;
}

namespace {

int slow_sync(int descriptor, const char* name) {
  auto* const real = next<int(int)>(name);
  if (!concerned(descriptor)) return real(descriptor);
  wait(faults().sync_ms);
  add_sync();
  return real(descriptor);
}

}  // namespace

extern "C" int fdatasync(int descriptor) { return slow_sync(descriptor, "fdatasync"); }

extern "C" int fsync(int descriptor) { return slow_sync(descriptor, "fsync"); }
