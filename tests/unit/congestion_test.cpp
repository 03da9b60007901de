// SPDX-License-Identifier: MIT
#include "drivers/support/congestion.h"

#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>

#include "libcan/platform/descriptor.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

/// Sends until nothing more is taken; returns the error.
int fill(int socket) {
  const std::array<char, 4096> bytes{};
  while (::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
  }
  return errno;
}

void drain(int socket) {
  std::array<char, 4096> bytes{};
  while (::recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
  }
}

}  // namespace

TEST_CASE("congestion: a full socket is waited for, a full queue can't be", "[drivers]") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const Descriptor sender(ends[0]), receiver(ends[1]);
  Congestion congestion;
  CHECK_FALSE(congestion.wait(sender.get(), 500ms));
  CHECK(congestion.remember(fill(sender.get())));
  CHECK(congestion.wait(sender.get(), 500ms));  // in vain, for half a second
  CHECK(::send(sender.get(), "x", 1, MSG_DONTWAIT) == -1);
  drain(receiver.get());
  CHECK(congestion.wait(sender.get(), 500ms));
  CHECK(::send(sender.get(), "x", 1, MSG_DONTWAIT) == 1);
  CHECK(congestion.remember(ENOBUFS));
  CHECK_FALSE(congestion.wait(sender.get(), 500ms));
  CHECK_FALSE(congestion.remember(ENETDOWN));
  CHECK_FALSE(congestion.wait(sender.get(), 500ms));
}
