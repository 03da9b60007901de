// SPDX-License-Identifier: MIT
#include "tests/support/adapter_hub.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace {

using can::Descriptor;

constexpr std::size_t kMaxHeard = 1 << 20;

Descriptor listen_on_loopback() {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), 16) != 0)
    throw std::runtime_error("adapter hub: can't listen");
  return socket;
}

void make_raw(int terminal) {
  termios line{};
  ::tcgetattr(terminal, &line);
  ::cfmakeraw(&line);
  ::tcsetattr(terminal, TCSANOW, &line);
}

}  // namespace

AdapterHub::AdapterHub(std::string kind)
    : kind_(std::move(kind)), listening_(listen_on_loopback()) {
  if (!make_adapter(kind_)) throw std::runtime_error("no adapter " + kind_);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

AdapterHub::~AdapterHub() {
  thread_.request_stop();
  wake_.signal();
}

std::string AdapterHub::tcp_channel() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(listening_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return fmt::format("tcp://127.0.0.1:{}", ntohs(address.sin_port));
}

std::string AdapterHub::plug_in() {
  auto end = std::make_unique<End>();
  end->descriptor = Descriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  char path[64] = "";
  if (::grantpt(end->descriptor.get()) != 0 || ::unlockpt(end->descriptor.get()) != 0 ||
      ::ptsname_r(end->descriptor.get(), path, sizeof path) != 0)
    throw std::runtime_error("adapter hub: no pseudo-terminal");
  end->host_side = Descriptor(::open(path, O_RDWR | O_NOCTTY | O_CLOEXEC));
  make_raw(end->host_side.get());
  end->adapter = make_adapter(kind_);
  end->path = path;
  std::lock_guard lock(mutex_);
  ends_.push_back(std::move(end));
  wake_.signal();
  return path;
}

void AdapterHub::unplug(const std::string& path) {
  std::lock_guard lock(mutex_);
  std::erase_if(ends_, [&path](const auto& end) { return end->path == path; });
  wake_.signal();
}

void AdapterHub::say(std::string bytes, const std::string& path) {
  std::lock_guard lock(mutex_);
  for (const auto& end : ends_)
    if (path.empty() || end->path == path) end->unsent += bytes;
  wake_.signal();
}

void AdapterHub::control(std::string_view command) {
  std::lock_guard lock(mutex_);
  for (const auto& end : ends_) end->adapter->control(command);
}

std::string AdapterHub::heard() const {
  std::lock_guard lock(mutex_);
  return heard_;
}

void AdapterHub::stop_reading(bool on) {
  std::lock_guard lock(mutex_);
  reads_ = !on;
  wake_.signal();
}

void AdapterHub::run(const std::stop_token& stop) {
  std::vector<pollfd> waiting;
  while (!stop.stop_requested()) {
    waiting = {{wake_.descriptor(), POLLIN, 0}, {listening_.get(), POLLIN, 0}};
    {
      std::lock_guard lock(mutex_);
      for (const auto& end : ends_)
        waiting.push_back(
            {end->descriptor.get(),
             static_cast<short>((reads_ ? POLLIN : 0) | (end->unsent.empty() ? 0 : POLLOUT)), 0});
    }
    ::poll(waiting.data(), waiting.size(), -1);
    wake_.clear();
    std::lock_guard lock(mutex_);
    accept_all();
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      if (reads_) read(*ends_[i]);
      write(*ends_[i]);
    }
    std::erase_if(ends_, [](const auto& end) { return end->gone; });
  }
}

void AdapterHub::accept_all() {
  while (accept()) continue;
}

bool AdapterHub::accept() {
  Descriptor socket(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket) return false;
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto end = std::make_unique<End>();
  end->descriptor = std::move(socket);
  end->adapter = make_adapter(kind_);
  ends_.push_back(std::move(end));
  return true;
}

void AdapterHub::read(End& end) {
  std::array<char, 4096> bytes;
  const ssize_t size = ::read(end.descriptor.get(), bytes.data(), bytes.size());
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) {
    end.gone = true;
    return;
  }
  accept_all();  // whoever had connected before these bytes were sent gets them
  const std::string_view got(bytes.data(), static_cast<std::size_t>(size));
  if (heard_.size() < kMaxHeard) heard_ += got;
  Adapter::Reaction reaction = end.adapter->receive(got);
  end.unsent += reaction.to_host;
  for (const std::string& packet : reaction.to_bus) put_on_bus(end, packet);
}

void AdapterHub::put_on_bus(const End& from, const std::string& packet) {
  for (const auto& end : ends_)
    if (end.get() != &from) end->unsent += end->adapter->deliver(packet);
}

void AdapterHub::write(End& end) {
  if (end.unsent.empty() || end.gone) return;
  const ssize_t size =
      end.path.empty()
          ? ::send(end.descriptor.get(), end.unsent.data(), end.unsent.size(), MSG_NOSIGNAL)
          : ::write(end.descriptor.get(), end.unsent.data(), end.unsent.size());
  if (size > 0)
    end.unsent.erase(0, static_cast<std::size_t>(size));
  else if (errno != EAGAIN && errno != EINTR)
    end.gone = true;
}
