// SPDX-License-Identifier: MIT
#include "apps/web/sender.h"

#include "cansuite/message_text.h"
#include "libcan/model/ascii.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"

namespace can::web {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds kShortestPeriod = 1ms, kLongestPeriod = 1h;

}  // namespace

Message Sender::message_of(std::string_view frame) const {
  if (catalog_ && frame.find('#') == frame.npos) return signals::encode(*catalog_, frame);
  return parse_frame(frame);
}

void Sender::send(Bus& bus, std::string_view frame, std::string_view period) {
  const Message message = message_of(trim(frame));
  if (trim(period).empty()) {
    if (bus.send_now(std::span(&message, 1)) == 0)
      fail(Errc::full, "{} takes no more messages now", bus.name());
    return;
  }
  const auto time = parse_duration(trim(period), 1ms);
  if (time < kShortestPeriod || time > kLongestPeriod)
    fail(Errc::invalid, "expected a period from 1ms to 1h, got {}", quote(period));
  if (periodic_.size() >= kMaxPeriodic)
    fail(Errc::unsupported, "{} messages are sent periodically already", kMaxPeriodic);
  auto task = bus.send_periodic(message, {.period = time});
  periodic_.push_back({.number = ++started_,
                       .frame = std::string(trim(frame)),
                       .period = time,
                       .task = std::move(task)});
}

void Sender::stop(std::uint64_t number) {
  std::erase_if(periodic_, [number](const Periodic& each) { return each.number == number; });
}

std::vector<std::string> Sender::check() {
  std::vector<std::string> reasons;
  std::erase_if(periodic_, [&](const Periodic& each) {
    try {
      return each.task->wait(0ns);
    } catch (const Error& error) {
      reasons.push_back(fmt::format("{}: {}", each.frame, error.what()));
      return true;
    }
  });
  return reasons;
}

}  // namespace can::web
