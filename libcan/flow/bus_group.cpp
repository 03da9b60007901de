// SPDX-License-Identifier: MIT
#include "libcan/flow/bus_group.h"

#include <algorithm>

#include "cansuite/wait.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr std::size_t kBatch = 1024;
// Received messages may have slightly older timestamps: the kernel sets the timestamp before it
// queues the message.
constexpr auto kOnItsWay = 1ms;
constexpr auto kFastClock = 100ms;

nanoseconds now() { return std::chrono::system_clock::now().time_since_epoch(); }

bool earlier(const Message& a, const Message& b) { return a.timestamp < b.timestamp; }

}  // namespace

BusGroup::BusGroup(std::vector<Member> members) : members_(std::move(members)), batch_(kBatch) {
  for (const Member& member : members_) readable_.add(member.bus->descriptor());
}

std::string BusGroup::name() const {
  std::string all;
  for (const Member& member : members_) all += (all.empty() ? "" : ", ") + member.bus->name();
  return all;
}

std::string BusGroup::details() const {
  std::string all;
  for (const Member& member : members_)
    if (const std::string some = member.bus->details(); !some.empty())
      all += (all.empty() ? "" : "; ") + some;
  return all;
}

BusCounters BusGroup::counters() const {
  BusCounters sum;
  for (const Member& member : members_) {
    const BusCounters counters = member.bus->counters();
    sum.dropped += counters.dropped;
    sum.malformed += counters.malformed;
  }
  return sum;
}

std::uint64_t BusGroup::filtered() const {
  std::uint64_t sum = Bus::filtered();
  for (const Member& member : members_) sum += member.bus->filtered();
  return sum;
}

std::size_t BusGroup::send_some(std::span<const Message>) {
  fail(Errc::unsupported, "{}: can't send on several buses at once", name());
}

std::size_t BusGroup::receive_any(std::span<Message> out, nanoseconds timeout) {
  const Deadline deadline(timeout);
  for (;;) {
    collect_all();
    if (const std::size_t count = deliver(out)) return count;
    if (failure_ && held_.empty()) throw Error(*failure_);
    if (deadline.passed()) return 0;
    // A message held back is due soon, even if no other arrives.
    if (!wait_readable(descriptor(), std::min(deadline.left(), until_complete())) && held_.empty())
      return 0;
  }
}

/// Receives from all buses, and merges the messages into held_ by time.
void BusGroup::collect_all() {
  asked_ = now() - kOnItsWay;
  const auto added = static_cast<std::ptrdiff_t>(held_.size());
  for (Member& member : members_) collect_from(member);
  std::stable_sort(held_.begin() + added, held_.end(), earlier);
  std::inplace_merge(held_.begin(), held_.begin() + added, held_.end(), earlier);
}

void BusGroup::collect_from(Member& member) {
  if (member.ended) return;
  try {
    receive_from(member);
  } catch (const Error& error) {
    end(member, error);
  }
  for (std::string& text : member.bus->drain_notices()) add_notice(std::move(text));
}

void BusGroup::end(Member& member, const Error& error) {
  readable_.remove(member.bus->descriptor());
  member.ended = true;
  const auto ended = [](const Member& each) { return each.ended; };
  if (std::ranges::all_of(members_, ended))
    failure_ = error;
  else
    add_notice(fmt::format("{}; the other buses continue", error.what()));
}

void BusGroup::receive_from(Member& member) {
  for (std::size_t count = kBatch; count == kBatch;) {
    count = member.bus->receive(batch_, 0ns);
    for (Message& message : std::span(batch_).first(count))
      if (!message.channel) message.channel = member.channel;
    held_.insert(held_.end(), batch_.begin(), batch_.begin() + static_cast<std::ptrdiff_t>(count));
    if (held_.size() <= 64 * kBatch) continue;
    // Limits a flood on one bus, which would delay the others; its remaining messages are later.
    asked_ = std::min(asked_, held_.back().timestamp);
    break;
  }
}

std::size_t BusGroup::deliver(std::span<Message> out) {
  const auto is_complete = [asked = asked_, future = now() + kFastClock](const Message& m) {
    return m.timestamp <= asked || m.timestamp > future;
  };
  std::size_t count = 0;
  while (count < std::min(out.size(), held_.size()) && is_complete(held_[count])) ++count;
  const auto end = held_.begin() + static_cast<std::ptrdiff_t>(count);
  std::copy(held_.begin(), end, out.begin());
  held_.erase(held_.begin(), end);
  return count;
}

/// The time until the first message held back may be delivered.
nanoseconds BusGroup::until_complete() const {
  if (held_.empty()) return nanoseconds::max();
  return std::max<nanoseconds>(held_.front().timestamp + kOnItsWay - now(), 10us);
}

}  // namespace can
