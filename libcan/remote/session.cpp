// SPDX-License-Identifier: MIT
#include "libcan/remote/session.h"

#include <algorithm>

#include "libcan/model/error.h"
#include "libcan/remote/describe.h"
#include "libcan/remote/token.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kTakeAtOnce = 64;  // messages: what a slow bus may be given unasked
constexpr auto kTurn = 2ms;              // of a client whose bus is slow, before others have theirs
constexpr std::size_t kMostCyclic = 256;  // of one client
constexpr auto kLeastPeriod = 50us;       // of all of them together: a full bus at 1 Mbit/s
constexpr int kBatchesATurn = 4;          // from a bus
constexpr ChannelNames kNoChannels{};

}  // namespace

Session::Session(Service& service, std::string peer)
    : service_(service), peer_(std::move(peer)), outbox_(service.options.buffer) {
  say(LogLevel::debug, "connected");
}

Session::~Session() {
  if (opening_.valid()) service_.abandoned.push_back(std::move(opening_));
  if (bus_ != nullptr) --service_.statistics.clients;
}

std::size_t Session::take(std::span<const std::uint8_t> input) {
  const auto end = Clock::now() + kTurn;
  std::size_t used = 0;
  bus_is_full_ = false;
  if (state_ == State::opening) look_at_opening(0ns);
  has_more_ = state_ == State::opening;
  if (has_more_) return 0;
  try {
    while (!has_ended() && used < input.size()) {
      const std::size_t size = take_some(input.subspan(used));
      if (size == 0 && !bus_is_full_) return used;
      used += size;
      has_more_ = waits_for_bus() || (used < input.size() && Clock::now() >= end);
      if (has_more_) return used;
    }
  } catch (const Error& error) {
    dismiss(fmt::format("protocol error: {}", error.what()));
  }
  return has_ended() ? input.size() : used;
}

std::size_t Session::take_some(std::span<const std::uint8_t> input) {
  if (state_ == State::open) {
    const auto room = std::span(service_.batch).first(kTakeAtOnce);
    const Run run = decode_messages(version_, input, kNoChannels, room);
    if (run.messages > 0) {
      const std::size_t sent = send(room.first(run.messages));
      return sent == run.messages
                 ? run.bytes
                 : decode_messages(version_, input, kNoChannels, room.first(sent)).bytes;
    }
  }
  Event event;
  const std::size_t size = decode(version_, input, event);
  if (size > 0) handle(event);
  return bus_is_full_ ? 0 : size;
}

void Session::handle(Event& event) {
  if (event.id == EventId::closed) return end("closed by the client");
  switch (state_) {
    case State::greeting:
      return greet(event);
    case State::request:
      if (event.id != EventId::session_request) return end("no session request");
      if (!same_token(event.session.token, service_.options.token)) return dismiss("wrong token");
      request_ = event.session;
      request_.token = {};
      state_ = State::filters;
      return;
    case State::filters:
      if (event.id != EventId::filters && event.id != EventId::session_filters)
        return end("no filters");
      return open(std::move(event.filters));
    case State::failed:
      // As the original: one more event is heard, then the connection ends.
      if (event.id == EventId::message) send({&event.message, 1});
      return end("its bus failed");
    default:
      return handle_open(event);
  }
}

void Session::handle_open(Event& event) {
  switch (event.id) {
    case EventId::message_update:
      send({&event.message, 1});
      return;
    case EventId::session_filters:
      say(LogLevel::info, describe(event.filters));
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
      cyclic_.erase(static_cast<std::uint32_t>(event.number));
      return;
    default:
      return;  // as the original: what makes no sense from a client means nothing
  }
}

/// How many of the messages are dealt with: fewer than all where the bus is full.
std::size_t Session::send(std::span<const Message> messages) {
  if (service_.options.read_only) {
    not_sent(messages.size(), "this server is read-only");
    return messages.size();
  }
  std::size_t done = 0;
  while (done < messages.size() && !bus_is_full_) {
    const std::size_t count = send_now(messages.subspan(done));
    bus_is_full_ = count == 0;
    done += count;
  }
  return done;
}

std::size_t Session::send_now(std::span<const Message> messages) try {
  const std::size_t count = bus_->send_now(messages);
  sent(count);
  return count;
} catch (const Error& error) {
  not_sent(1, error.what());
  return 1;
}

void Session::start_cyclic(const Event& event) {
  if (service_.options.read_only) return not_sent(1, "this server is read-only");
  cyclic_.erase(event.message.id);
  if (const std::string excess = cyclic_excess(event.period); !excess.empty())
    return not_sent(1, excess);
  const auto count = static_cast<std::uint64_t>(event.duration / event.period);
  const bool ends = event.duration.count() > 0;
  try {
    cyclic_[event.message.id] = {
        bus_->send_periodic(event.message, {.period = event.period,
                                            .count = ends ? std::max<std::uint64_t>(count, 1) : 0}),
        event.period};
  } catch (const Error& error) {
    cyclic_.erase(event.message.id);
    not_sent(1, error.what());
  }
}

/// What is too much when another one of this period comes: a client may not keep the machine, or
/// the bus, from all others. Empty: nothing.
std::string Session::cyclic_excess(std::chrono::nanoseconds period) const {
  if (cyclic_.size() == kMostCyclic)
    return fmt::format("a client may have {} cyclic messages here", kMostCyclic);
  const auto rate = [](std::chrono::nanoseconds each) {
    return std::chrono::duration<double>(1) / each;
  };
  double sum = rate(period);
  for (const auto& [id, cyclic] : cyclic_) sum += rate(cyclic.period);
  if (sum <= rate(kLeastPeriod)) return {};
  return fmt::format("a client's cyclic messages may come to {:.0f} a second here, not {:.0f}",
                     rate(kLeastPeriod), sum);
}

/// Those that have ended, or failed, are forgotten.
void Session::look_at_cyclic() {
  std::erase_if(cyclic_, [this](const auto& entry) {
    try {
      return entry.second.task->wait(0ns);
    } catch (const Error& error) {
      not_sent(1, error.what());
      return true;
    }
  });
}

void Session::sent(std::size_t count) {
  sent_ += count;
  service_.statistics.messages_in += count;
  if (!request_.wants_success) return;
  Encoder answer;
  for (std::size_t i = 0; i < count; ++i) answer.plain(EventId::transmit_success);
  outbox_.add(answer.bytes());
}

// Where there is no room the client is about to be dismissed anyway.
void Session::not_sent(std::size_t count, std::string_view why) {
  service_.statistics.failed += count;
  say(LogLevel::debug, fmt::format("{} messages not sent: {}", count, why));
  Encoder answer;
  for (std::size_t i = 0; i < count; ++i) {
    if (version_ != Version::own)
      answer.plain(EventId::transmit_fail);
    else
      answer.text(EventId::send_failed, why);
  }
  outbox_.add(answer.bytes());
}

void Session::take_from_bus() try {
  if (state_ != State::open) return;
  if (shared_ != nullptr)
    take_shared();
  else
    take_copies();
} catch (const Error& error) {
  fail_bus(error.what());
}

void Session::take_copies() {
  std::size_t taken = service_.batch.size();
  for (int i = 0; i < kBatchesATurn && taken == service_.batch.size(); ++i) {
    taken = bus_->receive(service_.batch, 0ns);
    tell_notes();
    forward({nullptr, std::span(service_.batch).first(taken)});
  }
}

void Session::take_shared() {
  for (std::size_t i = 0; i < Encodings::kViews; ++i) {
    const auto view = shared_->receive_shared();
    if (view.messages.empty()) return;
    forward(view);
  }
}

void Session::forward(const SharedMessages::View& view) {
  const std::uint64_t lost_before = not_fitting_;
  if (!put_together(view))
    for (const Message& message : view.messages)
      if (!put(message)) ++not_fitting_;
  const std::uint64_t lost = not_fitting_ - lost_before;
  forwarded_ += view.messages.size() - lost;
  service_.statistics.messages_out += view.messages.size() - lost;
  service_.statistics.dropped += lost;
  if (lost > 0 && !jammed_) {
    say(LogLevel::info, "reads too slowly: messages are being lost");
    jammed_ = true;
  }
}

/// What other clients get as well is encoded once. False, and nothing added, where that can't be.
bool Session::put_together(const SharedMessages::View& view) {
  if (!view.keeper) return false;
  const Channel channel = view.messages.front().channel;
  const auto is_other = [=](const Message& message) { return message.channel != channel; };
  if (version_ == Version::own && std::ranges::any_of(view.messages, is_other)) return false;
  const auto number = number_of(channel);
  return number && outbox_.add(service_.encodings.of(version_, *number, view));
}

bool Session::put(const Message& message) {
  const auto number = number_of(message.channel);
  std::uint8_t* room = number ? outbox_.room(kLongestFrame) : nullptr;
  if (room == nullptr) return false;
  outbox_.keep(encode_message(version_, message, *number,
                              std::span<std::uint8_t, kLongestFrame>(room, kLongestFrame)));
  return true;
}

/// The number of a channel that the client knows; none where there was no room to tell it.
std::optional<std::uint8_t> Session::number_of(Channel channel) {
  if (version_ != Version::own || !channel) return 0;
  if (const std::uint8_t known = channels_.find(channel); known != 0) return known;
  if (outbox_.room(3 + kLongestText) == nullptr) return std::nullopt;
  const std::uint8_t number = channels_.add(channel);
  Encoder name;
  name.channel_name(number, channel.name());
  if (number != 0) outbox_.add(name.bytes());
  return number;
}

void Session::tick(Time now) {
  if (state_ == State::failed) {
    if (!since_) since_ = now;
    if (now - *since_ > service_.options.slow_limit) end("its bus failed");
  }
  if (state_ != State::open) return;
  report_losses();
  tell_notes();
  look_at_cyclic();
  look_at_jam(now);
}

void Session::look_at_jam(Time now) {
  if (!jammed_) return;
  if (!since_) since_ = now;
  if (outbox_.size() < service_.options.buffer / 2) {
    jammed_ = false;
    since_.reset();
  } else if (now - *since_ > service_.options.slow_limit) {
    dismiss(fmt::format("you read too slowly: {} messages lost", not_fitting_));
  }
}

/// What happened to the bus: there may be a gap in what it gave.
void Session::tell_notes() {
  for (const std::string& text : bus_->take_notes()) {
    say(LogLevel::info, text);
    if (!request_.wants_notes) continue;
    Encoder note;
    note.text(EventId::note, text);
    outbox_.add(note.bytes());
  }
}

void Session::report_losses() {
  const std::uint64_t losses = not_fitting_ + bus_->counters().dropped;
  if (losses == losses_known_) return;
  if (version_ == Version::own) {
    Encoder report;
    report.number(EventId::lost, losses);
    if (!outbox_.add(report.bytes())) return;
  }
  say(LogLevel::info, fmt::format("{} messages lost so far", losses));
  losses_known_ = losses;
}

void Session::fail_bus(const std::string& what) {
  Encoder report;
  report.text(EventId::remote_exception, what);
  outbox_.add_last(report.bytes());
  state_ = State::failed;
  since_.reset();
  say(LogLevel::info, what);
}

void Session::end_of_input() { end("closed by the client"); }

void Session::dismiss(const std::string& reason) {
  if (has_ended()) return;
  if (greeted_) {
    Encoder goodbye;
    goodbye.text(EventId::remote_exception, reason);
    outbox_.add_last(goodbye.bytes());
  }
  end(reason);
}

void Session::end(const std::string& reason) {
  if (has_ended()) return;
  if (!is_open()) ++service_.statistics.refused;
  state_ = State::ended;
  cyclic_.clear();
  say(LogLevel::info, is_open()
                          ? fmt::format("{}; {} messages received from it, {} sent to it, {} lost",
                                        reason, sent_, forwarded_, not_fitting_)
                          : reason);
}

void Session::say(LogLevel level, const std::string& text) const {
  service_.log(level, fmt::format("{}: {}", peer_, text));
}

}  // namespace can::remote
