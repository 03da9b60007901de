// SPDX-License-Identifier: MIT
#include "apps/viewer/feed.h"

#include <utility>

namespace can::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kWorthWaking = 1 << 17;  // the receiving thread need not wake this one

}  // namespace

BusFeed::BusFeed(std::unique_ptr<Bus> bus) : bus_(std::move(bus)), recorder_(*bus_, kWorthWaking) {}

void BusFeed::take(const Use& use) {
  const std::size_t waiting = recorder_.waiting();
  for (std::size_t done = 0; done < waiting || recorder_.ended();) {
    const std::size_t count = recorder_.receive(0ns, SIZE_MAX, use);
    if (count == 0) return;
    done += count;
  }
}

std::uint64_t BusFeed::dropped() const { return bus_->counters().dropped; }

LogFeed::LogFeed(std::unique_ptr<LogReader> log, Pacer::Pace pace)
    : log_(std::move(log)), messages_(*log_, ReadAhead::kPrompt), pacer_(pace) {}

void LogFeed::take(const Use& use) {
  const auto now = Clock::now();
  while (!ended_ && (!batch_.empty() || load())) {
    const std::size_t due = count_due(now);
    use(batch_.first(due));
    batch_ = batch_.subspan(due);
    if (!batch_.empty()) return;
  }
}

/// False where no message is at hand.
bool LogFeed::load() {
  ended_ = !messages_.next(batch_, 0ns);
  return !batch_.empty();
}

std::size_t LogFeed::count_due(Clock::time_point now) {
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    if (!next_due_) next_due_ = pacer_.next(batch_[i].timestamp, now).due;
    if (*next_due_ > now) return i;
    next_due_.reset();
  }
  return batch_.size();
}

}  // namespace can::cli
