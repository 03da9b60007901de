// SPDX-License-Identifier: MIT
// A bus inside one process: what one end sends, every other end on the same channel receives.
//
//   auto a = open_bus({.interface = "virtual", .channel = "test"});
//   auto b = open_bus({.interface = "virtual", .channel = "test"});
//
// Source: python-can's manual and can/interfaces/virtual.py: the option names, the default channel,
// the received copy. Other than there, a full queue drops what is new and counts it, where
// python-can makes the sender wait for a reader that may never come.

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "drivers/driver.h"
#include "drivers/support/descriptor.h"
#include "drivers/support/sendable.h"
#include "drivers/support/wait.h"
#include "libcan/error.h"

namespace can {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t kQueueSize = 1'000'000;

/// Messages in the order they came, at most `limit`. Its ring doubles when it is full, up to that:
/// a bus that is read never takes much memory. Not thread-safe.
class Queue {
 public:
  explicit Queue(std::size_t limit) : limit_(limit) {}

  std::size_t size() const { return size_; }

  /// False, and nothing changed, when the queue is full.
  template <class Change>
  bool push(const Message& message, Change change) {
    if (size_ == limit_) return false;
    if (size_ == ring_.size()) grow();
    Message& copy = ring_[(first_ + size_++) & (ring_.size() - 1)];
    copy = message;
    change(copy);
    return true;
  }

  std::size_t pop(std::span<Message> out) {
    const std::size_t count = std::min(out.size(), size_);
    for (std::size_t i = 0; i < count; ++i) out[i] = ring_[(first_ + i) & (ring_.size() - 1)];
    first_ += count;
    size_ -= count;
    if (size_ == 0) first_ = 0;  // the part of the ring that is used stays in the cache
    return count;
  }

 private:
  void grow() {
    std::vector<Message> larger(std::max<std::size_t>(256, 2 * ring_.size()));
    const std::size_t kept = size_;
    pop(larger);
    first_ = 0;
    size_ = kept;
    ring_.swap(larger);
  }

  std::vector<Message> ring_;  // a power of two of them
  const std::size_t limit_;
  std::size_t first_ = 0, size_ = 0;
};

/// What one end has received. Any thread may use it.
class Inbox {
 public:
  explicit Inbox(std::size_t limit) : queue_(limit), waiting_(::eventfd(0, EFD_CLOEXEC)) {
    if (!waiting_) fail_errno("eventfd", errno);
  }

  int descriptor() const { return waiting_.get(); }  ///< readable while there are messages

  /// Adds copies of the messages it `wants`, as `change` changes them.
  template <class Wants, class Change>
  void push(std::span<const Message> messages, Wants wants, Change change) {
    std::lock_guard lock(mutex_);
    const bool was_empty = queue_.size() == 0;
    for (const Message& message : messages)
      if (wants(message) && !queue_.push(message, change)) ++dropped_;
    if (was_empty && queue_.size() > 0) ::eventfd_write(waiting_.get(), 1);
  }

  std::size_t pop(std::span<Message> out) {
    std::lock_guard lock(mutex_);
    const std::size_t count = queue_.pop(out);
    eventfd_t value;
    if (count > 0 && queue_.size() == 0) ::eventfd_read(waiting_.get(), &value);
    return count;
  }

  std::uint64_t dropped() const {
    std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  mutable std::mutex mutex_;
  Queue queue_;
  std::uint64_t dropped_ = 0;
  Descriptor waiting_;
};

class VirtualBus;

/// What connects the ends of one channel. Sending holds the lock: every end receives what several
/// senders send in the same order, as from a wire.
struct Wire {
  std::mutex mutex;
  std::vector<VirtualBus*> ends;
};

/// The wire of that name; it lives as long as an end holds it.
std::shared_ptr<Wire> wire_of(const std::string& channel) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::weak_ptr<Wire>> wires;
  std::lock_guard lock(mutex);
  std::erase_if(wires, [](const auto& entry) { return entry.second.expired(); });
  auto wire = wires[channel].lock();
  if (!wire) wires[channel] = wire = std::make_shared<Wire>();
  return wire;
}

class VirtualBus final : public Bus {
 public:
  VirtualBus(const BusConfig& config, std::string_view channel)
      : channel_(channel),
        fd_(config.fd.value_or(true)),
        receive_own_(config.receive_own_messages),
        keep_timestamps_(config.option("preserve_timestamps", false)),
        inbox_(static_cast<std::size_t>(config.option("rx_queue_size", kQueueSize, 1, 1 << 30))),
        wire_(wire_of(std::string(channel))) {
    std::lock_guard lock(wire_->mutex);
    wire_->ends.push_back(this);
  }
  ~VirtualBus() override {
    std::lock_guard lock(wire_->mutex);
    std::erase(wire_->ends, this);
  }

  std::size_t send_some(std::span<const Message> messages) override {
    const auto good = sendable(messages, fd_);
    if (good.empty()) refuse(name(), messages[0]);
    std::lock_guard lock(wire_->mutex);
    for (VirtualBus* end : wire_->ends)
      if (end != this || receive_own_) end->take(good, end == this);
    return good.size();
  }

  int descriptor() const override { return inbox_.descriptor(); }
  std::string name() const override { return fmt::format("virtual {}", channel_.name()); }
  std::string details() const override {
    return fmt::format("Virtual bus channel {}", channel_.name());  // python-can's words
  }
  BusCounters counters() const override { return {.dropped = inbox_.dropped()}; }

 protected:
  bool filter_in_device(std::span<const Filter> filters) override {
    std::lock_guard lock(wire_->mutex);
    filters_.assign(filters.begin(), filters.end());
    return true;
  }

  std::size_t receive_any(std::span<Message> out, nanoseconds timeout) override {
    const std::size_t count = inbox_.pop(out);
    if (count > 0 || timeout.count() == 0) return count;
    return wait_for(descriptor(), POLLIN, timeout) ? inbox_.pop(out) : 0;
  }

 private:
  void take(std::span<const Message> messages, bool own) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto wants = [&](const Message& message) {
      return (fd_ || !message.fd) && matches(filters_, message);
    };
    inbox_.push(messages, wants, [&](Message& copy) {
      if (!keep_timestamps_) copy.timestamp = now;
      copy.channel = channel_;
      copy.transmitted = own;
    });
  }

  const Channel channel_;
  const bool fd_, receive_own_, keep_timestamps_;
  Inbox inbox_;
  std::shared_ptr<Wire> wire_;
  Filters filters_;  // under the wire's lock
};

std::unique_ptr<Bus> open(const BusConfig& config) {
  const std::string_view channel =
      config.channel.empty() ? std::string_view("channel-0") : config.channel;
  try {
    return std::make_unique<VirtualBus>(config, channel);
  } catch (const Error& error) {
    fail_at(fmt::format("virtual {}", channel), error);
  }
}

constexpr DriverOption kOptions[] = {
    {"rx_queue_size", "messages that may wait to be received [1000000]"},
    {"preserve_timestamps", "receive the sender's timestamps instead of the time [false]"},
};

}  // namespace

namespace drivers {
extern const Driver virtual_bus;
constinit const Driver virtual_bus = {
    .name = "virtual",
    .title = "bus inside this process",
    .channels = "any name [channel-0]",
    .options = kOptions,
    .open = open,
};
}  // namespace drivers
}  // namespace can
