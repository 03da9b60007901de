// SPDX-License-Identifier: MIT
#include "libcan/platform/file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "libcan/model/fail.h"
#include "libcan/platform/interruption.h"

namespace can {
namespace {

/// The process that holds a lock of fcntl(2) on any byte of the file; 0: none.
pid_t holder_of(int descriptor) {
  struct ::flock any {};
  any.l_type = F_WRLCK;
  any.l_whence = SEEK_SET;
  return ::fcntl(descriptor, F_GETLK, &any) == 0 && any.l_type != F_UNLCK ? any.l_pid : 0;
}

/// The number of bytes, up to `size`, that may be written now: after a request to end, only as many
/// as don't have to wait for the reader of a pipe.
std::size_t writable(const File& file, std::size_t size) {
  using Clock = std::chrono::steady_clock;
  constexpr auto kPatience = std::chrono::milliseconds(500);
  constexpr int kLook = 50;  // ms
  if (!interruption::requested() || file.regular()) return size;
  pollfd ready = {.fd = file.descriptor(), .events = POLLOUT, .revents = 0};
  for (const auto end = Clock::now() + kPatience; ::poll(&ready, 1, kLook) <= 0;)
    if (Clock::now() >= end) fail(Errc::io, "{}: nobody reads it", file.name());
  return std::min<std::size_t>(size, PIPE_BUF);
}

/// With O_APPEND, Linux appends even writes at an offset.
class WithoutAppending {
 public:
  explicit WithoutAppending(int descriptor)
      : descriptor_(descriptor), flags_(::fcntl(descriptor, F_GETFL)) {
    ::fcntl(descriptor_, F_SETFL, flags_ & ~O_APPEND);
  }
  ~WithoutAppending() { ::fcntl(descriptor_, F_SETFL, flags_); }
  WithoutAppending(const WithoutAppending&) = delete;
  WithoutAppending& operator=(const WithoutAppending&) = delete;

 private:
  const int descriptor_, flags_;
};

}  // namespace

File::File(const std::string& path, int flags, std::string name)
    : name_(std::move(name)), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) fail_errno(name_, errno);
}

File::File(int descriptor, std::string name)
    : name_(std::move(name)), descriptor_(::dup(descriptor)) {
  if (descriptor_ < 0) fail_errno(name_, errno);
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

File::File(File&& other) noexcept
    : name_(std::move(other.name_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

std::size_t File::read(char* out, std::size_t size) {
  for (;;) {
    const ssize_t n = ::read(descriptor_, out, size);
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) fail_errno(name_, errno);
  }
}

bool File::readable() const {
  ::pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) != 0;
}

std::size_t File::read_at(std::uint64_t offset, char* out, std::size_t size) const {
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t n =
        ::pread(descriptor_, out + filled, size - filled, static_cast<off_t>(offset + filled));
    if (n < 0 && errno != EINTR) fail_errno(name_, errno);
    if (n == 0) break;
    if (n > 0) filled += static_cast<std::size_t>(n);
  }
  return filled;
}

void File::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor_, bytes.data(), writable(*this, bytes.size()));
    if (n >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(n));
    else if (errno != EINTR)
      fail_errno(name_, errno);
  }
}

void File::write_at(std::uint64_t offset, std::string_view bytes) {
  const WithoutAppending without(descriptor_);
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno != EINTR) fail_errno(name_, errno);
    if (n <= 0) continue;
    offset += static_cast<std::uint64_t>(n);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void File::truncate(std::uint64_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) fail_errno(name_, errno);
}

void File::sync() {
  if (::fdatasync(descriptor_) != 0) fail_errno(name_, errno);
}

void File::close() {
  if (descriptor_ < 0) return;
  if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) fail_errno(name_, errno);
}

struct ::stat File::status() const {
  struct ::stat result {};
  if (::fstat(descriptor_, &result) != 0) fail_errno(name_, errno);
  return result;
}

bool File::is_at(const std::string& path) const {
  const struct ::stat open = status();
  struct ::stat named {};
  return ::stat(path.c_str(), &named) == 0 && named.st_dev == open.st_dev &&
         named.st_ino == open.st_ino;
}

void sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const std::string name = folder.empty() ? "." : folder;
  const int descriptor = ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // moved, or not to be read
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (error != 0 && error != EINVAL) fail_errno(name, error);
}

void rename_to_free_name(const std::string& from, const std::string& to) {
  int result = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (result != 0 && errno == EINVAL) {  // a file system without RENAME_NOREPLACE
    errno = EEXIST;
    if (::access(to.c_str(), F_OK) != 0) result = ::rename(from.c_str(), to.c_str());
  }
  if (result != 0) fail_errno(fmt::format("{}: can't be renamed to {}", from, to), errno);
}

void lock_for_writing(const File& file) {
  if (!file.regular()) return;
  if (const pid_t holder = holder_of(file.descriptor()))
    fail(Errc::io, "{}: in use by process {}", file.name(), holder);
  // Some network file systems have no locks: nothing enforces one writer there.
  if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    fail(Errc::io, "{}: another program is writing it", file.name());
}

}  // namespace can
