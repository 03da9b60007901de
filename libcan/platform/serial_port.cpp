// SPDX-License-Identifier: MIT
#include "libcan/platform/serial_port.h"

// Not <termios.h>: only the kernel's header has termios2, which takes any baud rate.
#include <asm/termbits.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <thread>

#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace std::chrono_literals;

/// "; the group dialout may": the group that owns the device.
std::string who_may(const std::string& path) {
  struct ::stat status {};
  if (::stat(path.c_str(), &status) != 0 || (status.st_mode & S_IRGRP) == 0) return {};
  const ::group* owner = ::getgrgid(status.st_gid);
  return owner == nullptr || status.st_gid == 0
             ? std::string()
             : fmt::format("; the group {} may: \"sudo adduser $USER {}\", then log in again",
                           owner->gr_name, owner->gr_name);
}

[[noreturn]] void fail_opening(const std::string& path, int error) {
  if (error == EACCES) fail(Errc::io, "permission denied{}", who_may(path));
  if (error == EBUSY) fail(Errc::io, "another program is using the device");
  if (error == ENOENT || error == ENODEV || error == ENXIO)
    fail(Errc::not_found, "no such device; --list-interfaces shows those there are");
  fail_errno("can't open", error);
}

/// Terminals that programs open without regard to locks are kept from them by TIOCEXCL, and those
/// that open them as root, for whom TIOCEXCL means nothing, by the lock if they ask for one.
void claim(int descriptor) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    fail(Errc::io, "another program is using the device");
  ::ioctl(descriptor, TIOCEXCL);
}

void set_raw(termios2& line, const SerialSettings& settings) {
  line.c_iflag = IGNBRK;
  line.c_oflag = 0;
  line.c_lflag = 0;
  line.c_cflag &= ~static_cast<tcflag_t>(CSIZE | PARENB | CSTOPB | CRTSCTS | CBAUD | CIBAUD);
  line.c_cflag |= CS8 | CREAD | CLOCAL | BOTHER;
  if (settings.rtscts) line.c_cflag |= CRTSCTS;
  line.c_ispeed = line.c_ospeed = settings.baudrate;
  line.c_cc[VMIN] = 1;
  line.c_cc[VTIME] = 0;
}

bool is_near(std::uint32_t got, std::uint32_t wanted) {
  const std::uint32_t off = got > wanted ? got - wanted : wanted - got;
  return off <= wanted / 33;  // 3 %: what a receiver of ten bits takes
}

}  // namespace

Descriptor open_serial_port(const std::string& path, const SerialSettings& settings) {
  Descriptor port(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!port) fail_opening(path, errno);
  termios2 line{};
  if (::ioctl(port.get(), TCGETS2, &line) != 0) {
    if (errno == ENOTTY) fail(Errc::invalid, "no serial device");
    fail_errno("can't read its settings", errno);
  }
  claim(port.get());
  set_raw(line, settings);
  if (::ioctl(port.get(), TCSETS2, &line) != 0) fail_errno("can't set the baud rate", errno);
  if (::ioctl(port.get(), TCGETS2, &line) == 0 && !is_near(line.c_ospeed, settings.baudrate))
    fail(Errc::unsupported, "the device can't do {} baud, {} is the nearest", settings.baudrate,
         line.c_ospeed);
  ::ioctl(port.get(), TCFLSH, TCIFLUSH);
  return port;
}

void finish_serial_port(int descriptor, std::chrono::nanoseconds limit) noexcept {
  const auto end = std::chrono::steady_clock::now() + limit;
  int unsent = 0;
  while (::ioctl(descriptor, TIOCOUTQ, &unsent) == 0 && unsent > 0 &&
         std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(2ms);
  // Of a pseudo-terminal, nothing counts as unsent, and flushing takes it from the other end.
  if (unsent > 0) ::ioctl(descriptor, TCFLSH, TCOFLUSH);
  ::ioctl(descriptor, TIOCNXCL);
}

}  // namespace can
