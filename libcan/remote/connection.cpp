// SPDX-License-Identifier: MIT
#include "libcan/remote/connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "libcan/model/fail.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxInput = 1 << 16;  // bytes read at once, with those left over
constexpr auto kLastBytes = 10s;            // for a client to receive the queued bytes
constexpr auto kFarewell = 2s;              // for the client to close after that

}  // namespace

Connection::Connection(Poller& poller, Service& service, std::unique_ptr<Transport> transport,
                       std::string peer, std::function<void()> changed)
    : service_(service),
      transport_(std::move(transport)),
      session_(service, std::move(peer)),
      changed_(std::move(changed)),
      socket_watch_(poller, [this](std::uint32_t events) { on_socket(events); }),
      bus_watch_(poller,
                 [this](std::uint32_t) { guarded([this] { session_.forward_from_bus(); }); }) {
  set_watches();
}

/// Ends this client after an error of its connection; other clients are not affected.
template <class Work>
void Connection::guarded(Work work) {
  if (is_gone()) return;
  try {
    work();
    settle();
  } catch (const Error& error) {
    fail(error.what());
  }
  changed_();
}

void Connection::fail(const std::string& why) {
  if (session_.phase() >= Phase::closed || !transport_->has_last_words())
    return session_.end_at_once(why);
  session_.outbox().consume(session_.outbox().size());
  session_.end_after_queued(why);
  settle();
}

bool Connection::has_more() const {
  return !is_gone() && (session_.has_more() || (transport_->has_read_ahead() && !input_ended_));
}

void Connection::go_on() {
  guarded([this] { read_input(); });
}

void Connection::on_socket(std::uint32_t events) {
  guarded([this, events] {
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 || transport_->waits_to_write())
      read_input();
  });
}

void Connection::tick(Time now) {
  guarded([this, now] {
    session_.tick(now);
    check_limits(now);
  });
}

void Connection::check_limits(Time now) {
  const auto in_phase = now - session_.phase_since();
  switch (session_.phase()) {
    case Phase::open:
    case Phase::bus_failed:
    case Phase::gone:
      return;
    case Phase::closing:
      if (in_phase > kLastBytes) session_.advance(Phase::gone);
      return;
    case Phase::closed:
      if (in_phase > kFarewell) session_.advance(Phase::gone);
      return;
    default:
      if (now - start_ > service_.options.handshake_limit) session_.dismiss_late();
  }
}

void Connection::say_goodbye(const std::string& reason) {
  guarded([this, &reason] {
    session_.forward_from_bus();
    session_.dismiss(reason);
  });
}

void Connection::drop(const std::string& reason) {
  session_.end_at_once(reason);
  changed_();
}

void Connection::read_input() {
  std::array<std::uint8_t, kMaxInput> bytes;
  if (session_.has_ended()) left_over_.clear();
  std::copy(left_over_.begin(), left_over_.end(), bytes.begin());
  std::size_t size = left_over_.size();
  // Events that wait for a slow bus may fill the buffer; the client then has to wait.
  if (!session_.has_more() && !input_ended_) {
    const auto result = transport_->read(std::span(bytes).subspan(size));
    input_ended_ = result.state == Transport::State::ended;
    size += result.bytes;
  }
  if (!session_.has_ended()) handle_input(std::span(bytes).first(size));
}

void Connection::handle_input(std::span<const std::uint8_t> input) {
  const std::size_t used = session_.handle_input(input);
  left_over_.assign(input.begin() + static_cast<std::ptrdiff_t>(used), input.end());
  if (input_ended_ && !session_.has_more()) session_.end_of_input();
}

/// To be called after each change of the session. Closes after the client: closing a socket with
/// unread input makes the system discard the last bytes sent.
void Connection::settle() {
  flush();
  if (session_.phase() == Phase::closing && session_.outbox().empty()) {
    transport_->end_writing();
    session_.advance(Phase::closed);
  }
  if (session_.phase() == Phase::closed && input_ended_) session_.advance(Phase::gone);
  set_watches();
}

void Connection::flush() {
  Outbox& outbox = session_.outbox();
  while (!outbox.empty() && !is_gone()) {
    const std::size_t sent = transport_->write(outbox.waiting());
    if (sent == 0) return;
    outbox.consume(sent);
  }
}

void Connection::set_watches() {
  const Phase phase = session_.phase();
  if (session_.bus() != nullptr)
    bus_watch_.set(session_.bus()->descriptor(), phase == Phase::open ? EPOLLIN : 0u);
  if (phase == Phase::gone) return;
  const bool writes = !session_.outbox().empty() || transport_->waits_to_write();
  const bool reads = !input_ended_ && !session_.waits_for_bus();
  socket_watch_.set(transport_->descriptor(), (reads ? EPOLLIN : 0u) | (writes ? EPOLLOUT : 0u));
}

}  // namespace can::remote
