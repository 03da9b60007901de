// SPDX-License-Identifier: MIT
#include "libcan/net/transport.h"

#include <sys/socket.h>

#include <cerrno>

#include "libcan/model/fail.h"

namespace can::remote {
namespace {

bool can_go_on(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Descriptor socket) : Transport(std::move(socket)) {}

  Result read(std::span<std::uint8_t> out) override {
    const ssize_t size = ::recv(descriptor(), out.data(), out.size(), 0);
    if (size == 0) return {.bytes = 0, .state = State::ended};
    if (size < 0 && !can_go_on(errno)) fail_errno("connection", errno);
    return {.bytes = static_cast<std::size_t>(size < 0 ? 0 : size)};
  }

  std::size_t write(std::span<const std::uint8_t> bytes) override {
    const ssize_t size = ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && !can_go_on(errno))
      fail_errno("connection", errno == EPIPE ? ECONNRESET : errno);
    return static_cast<std::size_t>(size < 0 ? 0 : size);
  }

  void end_writing() override { ::shutdown(descriptor(), SHUT_WR); }
};

}  // namespace

std::unique_ptr<Transport> plain_transport(Descriptor socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace can::remote
