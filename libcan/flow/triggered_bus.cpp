// SPDX-License-Identifier: MIT
#include "libcan/flow/triggered_bus.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace can {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 1024;
// What the bus has already is looked through also after the timeout; a busy bus never runs empty.
constexpr nanoseconds kLongest = std::chrono::seconds(1);

}  // namespace

TriggeredBus::TriggeredBus(std::unique_ptr<Bus> bus, Condition condition, Window window)
    : bus_(std::move(bus)), condition_(std::move(condition)), window_(window), batch_(kBatch) {
  readable_.add(bus_->descriptor());
  readable_.add(more_.descriptor());
}

std::uint64_t TriggeredBus::filtered() const {
  return Bus::filtered() + bus_->filtered() + refused_;
}

std::size_t TriggeredBus::send_some(std::span<const Message> messages) {
  return bus_->send_now(messages);
}

std::size_t TriggeredBus::receive_any(std::span<Message> out, nanoseconds timeout) {
  const auto start = Clock::now();
  for (nanoseconds left = timeout;;) {
    if (!chosen_.empty()) return deliver(out);
    const std::size_t count = bus_->receive(batch_, std::max(left, nanoseconds(0)));
    tell_notices();
    for (const Message& message : std::span(batch_).first(count)) sort(message);
    if (!chosen_.empty()) more_.signal();
    if (timeout != nanoseconds::max()) left = timeout - (Clock::now() - start);
    const bool may_have_more = count == batch_.size() && left > -kLongest;
    if (chosen_.empty() && (count == 0 || (left <= nanoseconds(0) && !may_have_more))) return 0;
  }
}

std::size_t TriggeredBus::deliver(std::span<Message> out) {
  const std::size_t count = std::min(out.size(), chosen_.size());
  const auto end = chosen_.begin() + static_cast<std::ptrdiff_t>(count);
  std::copy(chosen_.begin(), end, out.begin());
  chosen_.erase(chosen_.begin(), end);
  if (chosen_.empty()) more_.clear();
  return count;
}

void TriggeredBus::sort(const Message& message) {
  while (!held_.empty() && held_.front().timestamp < message.timestamp - window_.before)
    held_.pop_front();
  const bool held_before = std::exchange(holds_, condition_(message));
  if (held_before && !holds_) until_ = message.timestamp + window_.after;
  if (!holds_ && (!until_ || message.timestamp >= *until_)) return hold(message);
  refused_ -= held_.size();
  chosen_.insert(chosen_.end(), held_.begin(), held_.end());
  held_.clear();
  chosen_.push_back(message);
}

void TriggeredBus::hold(const Message& message) {
  ++refused_;
  if (window_.before <= nanoseconds(0)) return;
  held_.push_back(message);
  if (held_.size() <= window_.most) return;
  held_.pop_front();
  if (!std::exchange(overflow_told_, true))
    add_notice(fmt::format(
        "memory holds {} messages, {:.1f} s of the {:.1f} s before", window_.most,
        std::chrono::duration<double>(message.timestamp - held_.front().timestamp).count(),
        std::chrono::duration<double>(window_.before).count()));
}

void TriggeredBus::tell_notices() {
  for (std::string& text : bus_->drain_notices()) add_notice(std::move(text));
}

}  // namespace can
