// SPDX-License-Identifier: MIT
#include "libcan/fleet/delivery.h"

#include <algorithm>

namespace can::fleet {
namespace {

constexpr std::size_t kRemembered = 1024;  // batches sent for those who only watch

}  // namespace

Delivery::Delivery(Spool& spool, By by)
    : spool_(spool), by_(by), base_(spool.begin()), next_(base_), flowing_(by == By::broker) {}

void Delivery::connected(Time now) {
  if (by_ == By::sink) fall_silent(now);
}

/// What was sent and not acknowledged may be lost.
void Delivery::fall_silent(Time now) {
  flowing_ = false;
  pause_ = kFirstRepeat;
  repeat_at_ = now;
  next_ = std::max(next_, spool_.end());
}

std::optional<Delivery::Sending> Delivery::next(Time now) {
  if (by_ == By::sink && flowing_ && !sent_.empty() && now >= heard_at_ + kSilence)
    fall_silent(now);
  if (flowing_) {
    const bool was_empty = sent_.empty();
    auto sending = in_order();
    if (sending && was_empty) heard_at_ = now;  // the silence begins with the first one under way
    return sending;
  }
  if (auto repeat = now >= repeat_at_ ? probe(now) : std::nullopt) return repeat;
  return watchable();
}

/// The oldest batch, again and again.
std::optional<Delivery::Sending> Delivery::probe(Time now) {
  auto batch = spool_.read(base_);
  if (!batch) return {};
  repeat_at_ = now + pause_;
  pause_ = std::min<std::chrono::nanoseconds>(pause_ * 2, kLongestRepeat);
  sent_.clear();  // what was sent before it and isn't acknowledged with it is lost
  remember(*batch);
  next_ = std::max(next_, batch->behind);
  if (batch->behind <= furthest_) ++repeated_;
  furthest_ = std::max(furthest_, batch->behind);
  release();
  return Sending{std::move(*batch), true};
}

/// A new batch while no acknowledgement comes. Not the first one of a run: a sink may take that for
/// the end of the run before.
std::optional<Delivery::Sending> Delivery::watchable() {
  if (sent_.empty()) return {};  // the oldest one goes first
  auto batch = spool_.read(next_);
  if (batch && batch->position.number == 0) batch = spool_.read(next_ = batch->behind);
  if (!batch) return {};
  next_ = batch->behind;
  furthest_ = std::max(furthest_, next_);
  remember(*batch);
  return Sending{std::move(*batch)};
}

std::optional<Delivery::Sending> Delivery::in_order() {
  if (window_full()) return {};
  auto batch = spool_.read(next_);
  if (!batch) return {};
  const std::optional<Position> before =
      sent_.empty() ? acknowledged_ : std::optional(sent_.back().position);
  const bool begins = !before || !before->precedes(batch->position);
  if (begins && !sent_.empty()) return {};
  next_ = batch->behind;
  if (next_ <= furthest_) ++repeated_;
  furthest_ = std::max(furthest_, next_);
  remember(*batch);
  release();
  return Sending{std::move(*batch), begins};
}

bool Delivery::window_full() const {
  if (sent_.empty()) return false;
  std::uint64_t bytes = 0;
  for (const Sent& each : sent_) bytes += each.behind.offset - each.at.offset;
  return sent_.size() >= kWindow || bytes >= spool_.window_bytes();
}

void Delivery::remember(const Spool::Batch& batch) {
  if (sent_.size() < kRemembered) sent_.push_back({batch.at, batch.behind, batch.position});
}

void Delivery::acknowledge(Position last, Time now) {
  bool news = false;
  while (!sent_.empty() && sent_.front().position.run == last.run &&
         sent_.front().position.number <= last.number) {
    acknowledged_ = sent_.front().position;
    base_ = sent_.front().behind;
    sent_.pop_front();
    news = true;
  }
  if (!news) return;
  heard_at_ = now;
  if (!flowing_) keep_consecutive();
  flowing_ = true;
  release();
}

/// Batches that follow the acknowledged one without a gap need not be sent again.
void Delivery::keep_consecutive() {
  Spool::Place end = base_;
  std::size_t kept = 0;
  while (kept < sent_.size() && kept < kWindow && sent_[kept].at == end) end = sent_[kept++].behind;
  sent_.resize(kept);
  next_ = end;
}

/// During a silence only the oldest batch may still arrive in order.
void Delivery::release() {
  if (sent_.empty())
    spool_.release(base_, base_);
  else
    spool_.release(base_, flowing_ ? sent_.back().behind : sent_.front().behind);
}

Delivery::Time Delivery::due() const {
  if (!flowing_) return repeat_at_;
  return by_ == By::broker || sent_.empty() ? Time::max() : heard_at_ + kSilence;
}

}  // namespace can::fleet
