// SPDX-License-Identifier: MIT
#include "libcan/platform/systemd.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "libcan/model/fail.h"

namespace can::systemd {
namespace {

constexpr int kFirstInherited = 3;  // SD_LISTEN_FDS_START

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

void notify(std::string_view state) {
  const std::string path = variable("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (path.empty() || path.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';  // in the abstract namespace
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address), size);
  ::close(socket);
}

int inherited_socket() {
  const std::string count = variable("LISTEN_FDS");
  if (count.empty() || variable("LISTEN_PID") != std::to_string(::getpid())) return -1;
  if (count != "1")
    fail(Errc::unsupported, "LISTEN_FDS={}: expected one socket to listen on", count);
  return kFirstInherited;
}

}  // namespace can::systemd
