// SPDX-License-Identifier: MIT
// From the bus to the client: messages, notices, losses.

#include <algorithm>

#include "libcan/model/fail.h"
#include "libcan/remote/session.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;

}  // namespace

void Session::forward_from_bus() try {
  for (std::size_t i = 0; i < Encodings::kViews && phase_ == Phase::open; ++i) {
    const MessageView view = bus_->receive_view(from_bus_);
    report_notes();
    if (view.messages.empty()) return;
    forward(view);
    if (!view.keeper && view.messages.size() < from_bus_.size()) return;
  }
} catch (const Error& error) {
  fail_bus(error.what());
}

void Session::forward(const MessageView& view) {
  const std::uint64_t before = overflowed_;
  if (!forward_encoded(view))
    for (const Message& message : view.messages)
      if (!forward_one(message)) ++overflowed_;
  const std::uint64_t lost = overflowed_ - before;
  forwarded_ += view.messages.size() - lost;
  service_.statistics.messages_out += view.messages.size() - lost;
  service_.statistics.dropped += lost;
  if (lost > 0 && !blocked_since_) {
    log(LogLevel::info, "reads too slowly: messages are being lost");
    blocked_since_ = std::chrono::steady_clock::now();
  }
}

/// Adds messages by the shared encoding, made once for all clients. False, without adding any, if
/// the messages can't be shared.
bool Session::forward_encoded(const MessageView& view) {
  if (!view.keeper) return false;
  const Channel channel = view.messages.front().channel;
  const auto is_other = [=](const Message& message) { return message.channel != channel; };
  if (version_ == Version::own && std::ranges::any_of(view.messages, is_other)) return false;
  const auto number = number_of(channel);
  return number && outbox_.add(service_.encodings.of(version_, *number, view));
}

bool Session::forward_one(const Message& message) {
  const auto number = number_of(message.channel);
  std::uint8_t* room = number ? outbox_.room(kLongestFrame) : nullptr;
  if (room == nullptr) return false;
  outbox_.keep(encode_message(version_, message, *number,
                              std::span<std::uint8_t, kLongestFrame>(room, kLongestFrame)));
  return true;
}

/// The number of a channel, sent to the client before its first use; none if the outbox is full.
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

/// Forwards the notices of the bus, which may mean missing messages.
void Session::report_notes() {
  for (const std::string& text : bus_->drain_notices()) {
    log(LogLevel::info, text);
    if (!request_.wants_notices) continue;
    Encoder notice;
    notice.text(EventId::notice, text);
    outbox_.add(notice.bytes());
  }
}

void Session::report_losses() {
  const std::uint64_t losses = overflowed_ + bus_->counters().dropped;
  if (losses == losses_reported_) return;
  if (version_ == Version::own) {
    Encoder report;
    report.number(EventId::lost, losses);
    if (!outbox_.add(report.bytes())) return;
  }
  log(LogLevel::info, fmt::format("{} messages lost so far", losses));
  losses_reported_ = losses;
}

void Session::check_jam(Time now) {
  if (!blocked_since_) return;
  if (outbox_.size() < service_.options.buffer / 2)
    blocked_since_.reset();
  else if (now - *blocked_since_ > service_.options.slow_limit)
    dismiss(fmt::format("you read too slowly: {} messages lost", overflowed_));
}

void Session::fail_bus(const std::string& what) {
  Encoder report;
  report.text(EventId::remote_exception, what);
  outbox_.add_last(report.bytes());
  advance(Phase::bus_failed);
  log(LogLevel::info, what);
}

}  // namespace can::remote
