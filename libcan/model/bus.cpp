// SPDX-License-Identifier: MIT
#include "cansuite/bus.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include "libcan/model/fail.h"
#include "libcan/model/periodic_sender.h"
#include "libcan/model/tell.h"

namespace can {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestBlock = 1s;  // send_now() fails when the device is full for longer
constexpr std::chrono::nanoseconds kLongestWait = 500ms;  // for room, at a time

}  // namespace

Bus::Bus() = default;
Bus::~Bus() = default;

void Bus::operator delete(Bus* bus, std::destroying_delete_t) {
  bus->periodic_.reset();
  void* const memory = dynamic_cast<void*>(bus);
  bus->~Bus();
  ::operator delete(memory);
}

std::size_t Bus::receive(std::span<Message> out, std::chrono::nanoseconds timeout) {
  using Clock = std::chrono::steady_clock;
  const bool forever = timeout > std::chrono::hours(24 * 365);  // now + timeout could overflow
  const auto deadline = forever ? Clock::time_point::max() : Clock::now() + timeout;
  for (;;) {
    const std::size_t taken = receive_any(out, timeout);
    if (taken == 0 || !filter_here_) return taken;
    if (const std::size_t kept = keep_matching(out.first(taken))) return kept;
    if (forever) continue;
    timeout =
        std::max<std::chrono::nanoseconds>(deadline - Clock::now(), std::chrono::nanoseconds{0});
    if (timeout.count() == 0) return 0;
  }
}

std::size_t Bus::keep_matching(std::span<Message> messages) {
  std::lock_guard lock(filters_mutex_);
  // Not std::ranges: its subrange doesn't compile with clang 14, which the fuzz targets need.
  const auto end = std::remove_if(messages.begin(), messages.end(),
                                  [this](const Message& m) { return !matches(filters_, m); });
  filtered_ += static_cast<std::uint64_t>(messages.end() - end);
  return static_cast<std::size_t>(end - messages.begin());
}

std::optional<Message> Bus::receive(std::chrono::nanoseconds timeout) {
  Message message;
  if (receive({&message, 1}, timeout) == 0) return std::nullopt;
  return message;
}

MessageView Bus::receive_view(std::span<Message> room) {
  return {nullptr, room.first(receive(room, 0ns))};
}

void Bus::set_filters(Filters filters) {
  std::lock_guard lock(filters_mutex_);
  filters_ = std::move(filters);
  filter_here_ = !filter_in_device(filters_) && !filters_.empty();
}

void Bus::send(std::span<const Message> messages, std::chrono::nanoseconds timeout) {
  {
    std::lock_guard lock(send_mutex_);
    blocked_since_.reset();  // a time from an earlier send() does not count
  }
  while (!messages.empty()) {
    const std::size_t taken = take(messages, timeout);
    messages = messages.subspan(taken);
    if (taken == 0) wait_for_room(std::min(timeout, kLongestWait));
  }
}

std::size_t Bus::send_now(std::span<const Message> messages) {
  return take(messages, kLongestBlock);
}

std::size_t Bus::take(std::span<const Message> messages, std::chrono::nanoseconds longest_block) {
  std::lock_guard lock(send_mutex_);
  if (messages.empty()) return 0;
  if (const std::size_t taken = send_some(messages)) {
    blocked_since_.reset();
    return taken;
  }
  const auto now = std::chrono::steady_clock::now();
  // Forget a full device of an earlier send that was never retried.
  if (!blocked_since_ || now - last_blocked_ > kLongestBlock) blocked_since_ = now;
  last_blocked_ = now;
  if (longest_block.count() <= 0 || now - *blocked_since_ > std::max(longest_block, patience()))
    fail(Errc::full, "{}: {}", name(), blocked_reason());
  return 0;
}

// Nothing signals room in a full queue, so it is polled.
void Bus::wait_for_room(std::chrono::nanoseconds limit) {
  std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(limit, 500us));
}

std::unique_ptr<PeriodicTask> Bus::send_periodic(const Message& message, const Cycle& cycle) {
  check(cycle);
  if (const char* flaw = why_invalid(message))
    fail(Errc::invalid, "{}: can't send id {:X}: {}", name(), message.id, flaw);
  if (auto task = periodic_in_device(message, cycle)) return task;
  start_periodic_sender();
  return periodic_->add(message, cycle);
}

void Bus::start_periodic_sender() try {
  if (!periodic_) periodic_ = std::make_unique<PeriodicSender>(*this);
} catch (const std::system_error& error) {
  fail(Errc::io, "{}: can't start a thread: {}", name(), error.code().message());
}

std::unique_ptr<PeriodicTask> Bus::periodic_in_device(const Message&, const Cycle&) {
  return nullptr;
}

std::vector<std::string> Bus::drain_notices() {
  std::lock_guard lock(notices_mutex_);
  return std::exchange(notices_, {});
}

void Bus::add_notice(std::string text) {
  constexpr std::size_t kMax = 64;  // a program may never drain them
  tell(LogLevel::warning, text);
  std::lock_guard lock(notices_mutex_);
  if (notices_.size() == kMax) notices_.erase(notices_.begin());
  notices_.push_back(std::move(text));
}

}  // namespace can
