// SPDX-License-Identifier: MIT
// Any bytes from a server, which closes behind them: the client ends with an error in printable
// words, and gives valid frames only. The first byte picks the version of the protocol.

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

#include "drivers/remote/client.h"
#include "libcan/model/fail.h"
#include "libcan/model/utf8.h"
#include "libcan/platform/descriptor.h"

using namespace can;
using namespace can::remote;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

/// Sends the same bytes to each client.
class Server {
 public:
  Server() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    socklen_t size = sizeof address;
    require(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    require(::listen(socket_.get(), 8) == 0);
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    std::thread([this] { serve(); }).detach();
  }

  std::uint16_t port() const { return port_; }
  void answer_with(std::string bytes) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(bytes);
  }

 private:
  void serve() {
    for (;;) {
      const Descriptor peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const std::string bytes = [this] {
        const std::lock_guard lock(mutex_);
        return answer_;
      }();
      (void)!::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ::shutdown(peer.get(), SHUT_WR);
      char rest[4096];
      while (::recv(peer.get(), rest, sizeof rest, 0) > 0) {
      }
    }
  }

  Descriptor socket_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::string answer_;
};

void receive_all(RemoteBus& bus) {
  Message batch[64];
  while (const std::size_t count = bus.receive(batch, std::chrono::seconds(10)))
    for (const Message& message : std::span(batch).first(count)) {
      require(why_invalid(message) == nullptr);
      require(is_printable(message.channel.name()));
    }
  std::abort();  // a server that has closed is an error
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static auto& server = *new Server;  // its thread never ends
  static unsigned runs = 0;
  if (size == 0) return 0;
  constexpr Version kVersions[] = {Version::own, Version::v4, Version::v5};
  server.answer_with(std::string(reinterpret_cast<const char*>(bytes) + 1, size - 1));
  LinkOptions options;
  // Other addresses leave the ports of closed connections time to be free again.
  options.server = {"127.0.0." + std::to_string(1 + runs++ / 1000 % 250), server.port()};
  options.version = kVersions[bytes[0] % std::size(kVersions)];
  try {
    RemoteBus bus(std::move(options), {});
    require(is_printable(bus.details()));
    receive_all(bus);
  } catch (const Error& error) {
    require(is_printable(error.what()));
  }
  return 0;
}
