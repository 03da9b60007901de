// SPDX-License-Identifier: MIT
#include "drivers/support/serial_line.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "libcan/model/fail.h"
#include "libcan/net/connect.h"

namespace can {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::size_t kBuffer = 1 << 16;
constexpr auto kLastBytes = 300ms;  // for the line to send what was written before it is closed

[[noreturn]] void fail_gone() { fail(Errc::io, "the device is gone"); }

class SerialTransport final : public remote::Transport {
 public:
  explicit SerialTransport(Descriptor port) : Transport(std::move(port)) {}
  ~SerialTransport() override { finish_serial_port(descriptor(), kLastBytes); }

  Result read(std::span<std::uint8_t> out) override {
    const ssize_t size = ::read(descriptor(), out.data(), out.size());
    if (size > 0) return {.bytes = static_cast<std::size_t>(size)};
    if (size == 0 || !can_go_on()) fail_gone();
    return {};
  }

  std::size_t write(std::span<const std::uint8_t> bytes) override {
    const ssize_t size = ::write(descriptor(), bytes.data(), bytes.size());
    if (size >= 0) return static_cast<std::size_t>(size);
    if (!can_go_on()) fail_gone();
    return 0;
  }

  void end_writing() override {}

 private:
  static bool can_go_on() { return errno == EAGAIN || errno == EINTR; }
};

std::unique_ptr<remote::Transport> open_transport(const SerialAddress& address, nanoseconds limit) {
  if (address.server)
    return remote::plain_transport(remote::connect_to(*address.server, Deadline(limit)));
  return std::make_unique<SerialTransport>(open_serial_port(address.device, address.settings));
}

}  // namespace

SerialLine::SerialLine(const SerialAddress& address, const WakeUp& wake, nanoseconds limit)
    : transport_(open_transport(address, limit)),
      wake_(wake),
      is_connection_(address.server.has_value()),
      in_(kBuffer) {}

/// Closing a connection with something unread would make the system throw away what the peer has
/// not read.
SerialLine::~SerialLine() {
  const Deadline deadline(kLastBytes);
  try {
    transport_->end_writing();
    while (is_connection_ && !deadline.passed()) {
      first_ = end_ = 0;
      if (read() == 0) wait_readable(transport_->descriptor(), deadline.left());
    }
  } catch (const Error&) {
    // The peer has closed, too.
  }
}

void SerialLine::make_room() {
  if (first_ == 0 && end_ == in_.size()) first_ = in_.size() / 2;
  std::memmove(in_.data(), in_.data() + first_, end_ - first_);
  end_ -= first_;
  first_ = 0;
}

std::size_t SerialLine::read() {
  if (first_ == end_) first_ = end_ = 0;
  if (end_ > in_.size() / 2) make_room();
  const auto result = transport_->read(std::span(in_).subspan(end_));
  if (result.state == remote::Transport::State::ended)
    fail(Errc::io, "the server closed the connection");
  end_ += result.bytes;
  return result.bytes;
}

void SerialLine::write(std::span<const std::uint8_t> bytes) {
  if (!has_unsent()) {
    out_.clear();
    sent_ = 0;
  }
  out_.insert(out_.end(), bytes.begin(), bytes.end());
  flush();
}

void SerialLine::write(std::string_view text) {
  write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

bool SerialLine::flush() {
  while (has_unsent()) {
    const std::size_t size = transport_->write(std::span(out_).subspan(sent_));
    if (size == 0) return false;
    sent_ += size;
  }
  return true;
}

void SerialLine::finish_writing(nanoseconds limit) {
  const Deadline deadline(limit);
  while (!flush() && !deadline.passed())
    wait_for(transport_->descriptor(), POLLOUT, deadline.left());
}

SerialLine::Event SerialLine::wait(nanoseconds timeout, bool to_write) const {
  timeout = std::clamp<nanoseconds>(timeout, 0ns, 24h);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
  const timespec limit = {.tv_sec = seconds.count(), .tv_nsec = (timeout - seconds).count()};
  const short events = static_cast<short>(POLLIN | (to_write ? POLLOUT : 0));
  pollfd waiting[] = {{.fd = transport_->descriptor(), .events = events, .revents = 0},
                      {.fd = wake_.descriptor(), .events = POLLIN, .revents = 0}};
  const int ready = ::ppoll(waiting, 2, &limit, nullptr);
  if (ready < 0 && errno != EINTR) fail_errno("poll", errno);
  if (waiting[1].revents != 0) return Event::woken;
  return ready > 0 ? Event::ready : Event::timeout;
}

}  // namespace can
