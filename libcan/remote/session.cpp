// SPDX-License-Identifier: MIT
// The events of a client, and the end of a session.

#include "libcan/remote/session.h"

#include <algorithm>

#include "libcan/model/fail.h"
#include "libcan/remote/describe.h"
#include "libcan/remote/token.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kTurn = 2ms;       // maximum turn of a client with a slow bus
constexpr auto kWrongToken = 1s;  // from a wrong token to the refusal
constexpr ChannelNames kNoChannels{};

}  // namespace

Session::Session(Service& service, std::string peer)
    : service_(service),
      peer_(std::move(peer)),
      outbox_(service.options.buffer),
      cyclic_(service.cyclic) {
  log(LogLevel::debug, "connected");
}

Session::~Session() {
  if (opening_.valid()) {
    --service_.opening;
    service_.abandoned.push_back(std::move(opening_));
  }
  if (bus_ != nullptr) --service_.statistics.clients;
}

std::size_t Session::handle_input(std::span<const std::uint8_t> input) {
  const auto end_of_turn = Clock::now() + kTurn;
  std::size_t used = 0;
  turn_is_over_ = false;
  if (phase_ == Phase::opening) poll_opening(0ns);
  send_unsent();
  try {
    while (used < input.size() && !has_more() && !has_ended()) {
      const std::size_t size = handle_some(input.subspan(used));
      if (size == 0) break;
      used += size;
      turn_is_over_ = !has_ended() && used < input.size() && Clock::now() >= end_of_turn;
    }
  } catch (const Error& error) {
    dismiss(fmt::format("protocol error: {}", error.what()));
  }
  return has_ended() ? input.size() : used;
}

std::size_t Session::handle_some(std::span<const std::uint8_t> input) {
  if (phase_ == Phase::open) {
    const Run run = decode_messages(version_, input, kNoChannels, decoded_);
    unsent_ = std::span(decoded_).first(run.messages);
    send_unsent();
    if (run.messages > 0) return run.bytes;
  }
  Event event;
  const std::size_t size = decode(version_, input, event);
  if (size > 0) handle(event);
  return size;
}

void Session::handle(Event& event) {
  if (event.id == EventId::closed) return end_of_input();
  switch (phase_) {
    case Phase::bus_request:
      return handle_bus_request(event);
    case Phase::session_request:
      return handle_session_request(event);
    case Phase::wrong_token:
      return;
    case Phase::filters:
      if (event.id != EventId::filters && event.id != EventId::session_filters)
        return end_after_queued("no filters");
      return open(std::move(event.filters));
    case Phase::bus_failed:
      // As in python-can: one more event is read, then the connection ends.
      if (event.id == EventId::message) send(event.message);
      return end_after_queued("its bus failed");
    default:
      return handle_open(event);
  }
}

void Session::handle_session_request(const Event& event) {
  if (event.id != EventId::session_request) return end_after_queued("no session request");
  if (!same_token(event.session.token, service_.options.token)) return advance(Phase::wrong_token);
  request_ = event.session;
  request_.token = {};
  advance(Phase::filters);
}

void Session::handle_open(Event& event) {
  switch (event.id) {
    case EventId::message_update:
      return send(event.message);
    case EventId::session_filters:
      log(LogLevel::info, describe(event.filters));
      return bus_->set_filters(std::move(event.filters));
    case EventId::sync: {
      Encoder answer;
      answer.number(EventId::synced, event.number);
      outbox_.add(answer.bytes());
      return;
    }
    case EventId::cyclic_start:
      return start_cyclic(event);
    case EventId::cyclic_stop:
      return cyclic_.stop(static_cast<std::uint32_t>(event.number));
    default:
      return;  // as in python-can: events that clients don't send are ignored
  }
}

void Session::send(const Message& message) {
  decoded_.front() = message;
  unsent_ = std::span(decoded_).first(1);
  send_unsent();
}

/// Sends the messages that the bus takes without waiting.
void Session::send_unsent() {
  if (service_.options.read_only) {
    count_failed(unsent_.size(), "this server is read-only");
    unsent_ = {};
  }
  while (!unsent_.empty()) {
    const std::size_t count = send_now(unsent_);
    if (count == 0) return;
    unsent_ = unsent_.subspan(count);
  }
}

/// Returns the number of messages sent or failed; 0: the bus is full.
std::size_t Session::send_now(std::span<const Message> messages) try {
  const std::size_t count = bus_->send_now(messages);
  count_sent(count);
  return count;
} catch (const Error& error) {
  count_failed(1, error.what());
  return 1;
}

void Session::count_sent(std::size_t count) {
  sent_ += count;
  service_.statistics.messages_in += count;
  if (!request_.wants_success) return;
  Encoder answer;
  for (std::size_t i = 0; i < count; ++i) answer.plain(EventId::transmit_success);
  outbox_.add(answer.bytes());
}

// Ignores a full outbox: such a client is about to be dismissed.
void Session::count_failed(std::size_t count, std::string_view why) {
  if (count == 0) return;
  service_.statistics.failed += count;
  log(LogLevel::debug, fmt::format("{} messages not sent: {}", count, why));
  Encoder answer;
  for (std::size_t i = 0; i < count; ++i) {
    if (version_ != Version::own)
      answer.plain(EventId::transmit_fail);
    else
      answer.text(EventId::send_failed, why);
  }
  outbox_.add(answer.bytes());
}

void Session::start_cyclic(const Event& event) try {
  if (service_.options.read_only) return count_failed(1, "this server is read-only");
  cyclic_.start(*bus_, event);
} catch (const Error& error) {
  count_failed(1, error.what());
}

void Session::check_cyclic() {
  for (const std::string& why : cyclic_.remove_ended()) count_failed(1, why);
}

void Session::tick(Time now) {
  if (phase_ == Phase::bus_failed && now - phase_since_ > service_.options.slow_limit)
    end_after_queued("its bus failed");
  // Slows down guessing, for this connection only.
  if (phase_ == Phase::wrong_token && now - phase_since_ > kWrongToken) dismiss("wrong token");
  if (phase_ != Phase::open) return;
  report_losses();
  report_notes();
  check_cyclic();
  check_jam(now);
}

void Session::dismiss(const std::string& reason) {
  if (has_ended()) return;
  if (phase_ > Phase::bus_request) {
    Encoder goodbye;
    goodbye.text(EventId::remote_exception, reason);
    outbox_.add_last(goodbye.bytes());
  }
  end_after_queued(reason);
}

void Session::end(Phase next, const std::string& reason) {
  const bool had_ended = has_ended();
  advance(next);
  if (had_ended) return;
  cyclic_.stop_all();
  service_.statistics.failed += unsent_.size();
  unsent_ = {};
  turn_is_over_ = false;
  if (bus_ == nullptr) {
    ++service_.statistics.refused;
    return log(LogLevel::info, reason);
  }
  log(LogLevel::info, fmt::format("{}; {} messages received from it, {} sent to it, {} lost",
                                  reason, sent_, forwarded_, overflowed_));
}

void Session::advance(Phase next) {
  if (next <= phase_) return;
  phase_ = next;
  phase_since_ = Clock::now();
}

void Session::log(LogLevel level, const std::string& text) const {
  service_.log(level, fmt::format("{}: {}", peer_, text));
}

}  // namespace can::remote
