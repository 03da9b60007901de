// SPDX-License-Identifier: MIT
#include "libcan/remote/connection.h"

#include <algorithm>
#include <utility>

#include "libcan/model/error.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kLastBytes = 10s;  // for a client to take what waits for it
constexpr auto kFarewell = 2s;    // and then to close, too

}  // namespace

Connection::Connection(Poller& poller, Service& service, std::unique_ptr<Transport> transport,
                       std::string peer, std::function<void()> changed)
    : poller_(poller),
      service_(service),
      transport_(std::move(transport)),
      session_(service, std::move(peer)),
      changed_(std::move(changed)) {
  socket_ready_.ready = [this](std::uint32_t events) { on_socket(events); };
  bus_ready_.ready = [this](std::uint32_t) { on_bus(); };
  interest_ = EPOLLIN;
  poller_.add(transport_->descriptor(), interest_, socket_ready_);
}

Connection::~Connection() {
  poller_.remove(transport_->descriptor());
  if (watches_bus_) poller_.remove(session_.bus()->descriptor());
}

/// A connection that breaks is the end of this client, and nobody else's business.
template <class Work>
void Connection::guarded(Work work) {
  if (done_) return;
  try {
    work();
    settle();
  } catch (const Error& error) {
    fail(error.what());
  }
  changed_();
}

void Connection::fail(const std::string& why) {
  if (farewell_ || !transport_->has_last_words()) return drop(why);
  session_.lose(why);
  session_.outbox().consume(session_.outbox().size());
  finish();
  if (!done_) update_interest();
}

bool Connection::has_more() const {
  return !done_ && (session_.has_more() || (transport_->has_read_ahead() && !input_ended_));
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

void Connection::on_bus() {
  guarded([this] { session_.take_from_bus(); });
}

void Connection::tick(Time now) {
  guarded([this, now] {
    session_.tick(now);
    if (is_stranger() && !session_.has_ended() && now - start_ > service_.options.handshake_limit)
      session_.dismiss(session_.waits_for_bus() ? "the bus could not be opened in time"
                                                : "no handshake in time");
    done_ |= (ended_ && now - *ended_ > kLastBytes) || (farewell_ && now - *farewell_ > kFarewell);
  });
}

void Connection::say_goodbye(const std::string& reason) {
  guarded([this, &reason] {
    if (session_.is_open() && !session_.has_ended()) session_.take_from_bus();
    session_.dismiss(reason);
  });
}

void Connection::drop(const std::string& reason) {
  session_.lose(reason);
  done_ = true;
  changed_();
}

void Connection::read_input() {
  auto& bytes = service_.bytes;
  std::copy(left_over_.begin(), left_over_.end(), bytes.begin());
  std::size_t size = left_over_.size();
  // What a slow bus has not taken yet may fill the room; the client has to wait then.
  if (!session_.has_more() && !input_ended_) {
    const auto result = transport_->read(std::span(bytes).subspan(size));
    input_ended_ = result.state == Transport::State::ended;
    size += result.bytes;
  }
  if (!session_.has_ended()) take(std::span(bytes).first(size));
}

void Connection::take(std::span<const std::uint8_t> input) {
  const std::size_t used = session_.take(input);
  left_over_.assign(input.begin() + static_cast<std::ptrdiff_t>(used), input.end());
  if (input_ended_ && !session_.has_more()) session_.end_of_input();
}

/// After anything that may have changed the session.
void Connection::settle() {
  watch_bus();
  flush();
  if (session_.has_ended() && !ended_) ended_ = Clock::now();
  if (session_.has_ended() && session_.outbox().empty()) finish();
  if (!done_) update_interest();
}

void Connection::watch_bus() {
  const bool wanted = session_.is_open() && !session_.has_ended() && !session_.has_failed();
  if (wanted == watches_bus_) return;
  const int descriptor = session_.bus()->descriptor();
  if (wanted)
    poller_.add(descriptor, EPOLLIN, bus_ready_);
  else
    poller_.remove(descriptor);
  watches_bus_ = wanted;
}

void Connection::flush() {
  Outbox& outbox = session_.outbox();
  while (!outbox.empty()) {
    const std::size_t sent = transport_->write(outbox.waiting());
    if (sent == 0) return;
    outbox.consume(sent);
  }
}

/// Closing before the client has done so would make the system forget the last bytes if there are
/// any of the client's that nobody has read.
void Connection::finish() {
  if (!farewell_) {
    farewell_ = Clock::now();
    transport_->end_writing();
  }
  done_ = done_ || input_ended_;
}

void Connection::update_interest() {
  const bool writes = !session_.outbox().empty() || transport_->waits_to_write();
  const bool reads = !input_ended_ && !session_.waits_for_bus();
  const std::uint32_t wanted = (reads ? EPOLLIN : 0u) | (writes ? EPOLLOUT : 0u);
  const std::uint32_t before = std::exchange(interest_, wanted);
  if (wanted == before) return;
  // Of a connection that broke the poller would tell again and again, whatever it is asked for.
  if (wanted == 0)
    poller_.remove(transport_->descriptor());
  else if (before == 0)
    poller_.add(transport_->descriptor(), wanted, socket_ready_);
  else
    poller_.change(transport_->descriptor(), wanted, socket_ready_);
}

}  // namespace can::remote
