// SPDX-License-Identifier: MIT
// A bus within one process: every other end of the same channel receives the messages of one end.
//
//   auto a = open_bus({.interface = "virtual", .channel = "test"});
//   auto b = open_bus({.interface = "virtual", .channel = "test"});
//
// Source: python-can's manual and can/interfaces/virtual.py: the option names, the default channel,
// the received copy. Difference to python-can: a full queue drops and counts new messages; in
// python-can the sender waits, perhaps without end.

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "cansuite/interfaces.h"
#include "cansuite/sendable.h"
#include "cansuite/wait.h"
#include "libcan/model/fail.h"
#include "libcan/platform/wake_up.h"

namespace can {
namespace {

using std::chrono::nanoseconds;

constexpr Option kQueueSize = {.name = "rx_queue_size",
                               .help = "length of the receive queue in messages",
                               .kind = OptionKind::number,
                               .preset = "1000000",
                               .min = 1,
                               .max = 1 << 30};
constexpr Option kPreserveTimestamps = {
    .name = "preserve_timestamps",
    .help = "receive the sender's timestamps instead of the time of arrival",
    .kind = OptionKind::flag,
    .preset = "false"};

/// Messages, filled from the front. A message doesn't change once it is added: any number of ends
/// may hold the block while more messages are added.
struct Block {
  std::array<Message, 256> messages;
  std::size_t used = 0;
};

/// Consecutive messages of a block.
struct Part {
  std::shared_ptr<const Block> block;
  std::size_t first = 0, size = 0;

  std::span<const Message> messages() const {
    return std::span(block->messages).subspan(first, size);
  }
  bool is_followed_by(const Part& next) const {
    return block == next.block && first + size == next.first;
  }
};

/// Fills one block after the other. Not thread-safe.
class Blocks {
 public:
  /// Appends copies of the messages for which `wants` is true, modified by `change`, until the
  /// block is full. Removes the processed messages from `messages`.
  template <class Wants, class Change>
  Part append(std::span<const Message>& messages, Wants wants, Change change) {
    if (!block_ || block_->used == block_->messages.size()) block_ = std::make_shared<Block>();
    std::size_t& used = block_->used;
    const std::size_t first = used;
    std::size_t seen = 0;
    for (; seen < messages.size() && used < block_->messages.size(); ++seen) {
      if (!wants(messages[seen])) continue;
      Message& copy = block_->messages[used++];
      copy = messages[seen];
      change(copy);
    }
    messages = messages.subspan(seen);
    return {block_, first, used - first};
  }

 private:
  std::shared_ptr<Block> block_;
};

/// The receive queue of one end, at most `limit` messages. Any thread may use it.
class Inbox {
 public:
  explicit Inbox(std::size_t limit) : limit_(limit) {}

  int descriptor() const { return waiting_.descriptor(); }  ///< readable while there are messages

  void push(Part part) {
    std::lock_guard lock(mutex_);
    const std::size_t fitting = std::min(part.size, limit_ - size_);
    dropped_ += part.size - fitting;
    part.size = fitting;
    if (part.size == 0) return;
    if (size_ == 0) waiting_.signal();
    size_ += part.size;
    if (size_ > part.size && parts_.back().is_followed_by(part))
      parts_.back().size += part.size;
    else
      parts_.push_back(std::move(part));
  }

  std::size_t pop(std::span<Message> out) {
    std::size_t count = 0;
    while (count < out.size()) {
      const Part part = pop(out.size() - count);
      if (part.size == 0) break;
      for (const Message& message : part.messages()) out[count++] = message;
    }
    return count;
  }

  /// Removes consecutive messages of one block.
  Part pop(std::size_t limit) {
    std::lock_guard lock(mutex_);
    if (size_ == 0) return {};
    Part& front = parts_[next_];
    Part part{front.block, front.first, std::min(front.size, limit)};
    front.first += part.size;
    front.size -= part.size;
    if (front.size == 0) drop_front();
    size_ -= part.size;
    if (size_ == 0) waiting_.clear();
    return part;
  }

  /// Whether the queue holds many blocks for a few messages each.
  bool is_sparse() const {
    constexpr std::size_t kMany = 1024, kFew = 16;
    std::lock_guard lock(mutex_);
    const std::size_t parts = parts_.size() - next_;
    return parts > kMany && size_ < parts * kFew;
  }

  std::uint64_t dropped() const {
    std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  // A queue that is read in time reuses a few places of parts_.
  void drop_front() {
    parts_[next_++].block.reset();
    if (next_ < parts_.size() && next_ <= parts_.size() / 2) return;
    parts_.erase(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(next_));
    next_ = 0;
  }

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::vector<Part> parts_;  // from next_ on
  std::size_t next_ = 0;
  std::size_t size_ = 0;  // messages
  std::uint64_t dropped_ = 0;
  WakeUp waiting_;
};

class VirtualBus;

/// Connects the ends of one channel. Sending holds the lock, so that every end receives the
/// messages of several senders in the same order.
struct Wire {
  std::mutex mutex;
  std::vector<VirtualBus*> ends;
  Blocks blocks;
};

/// The wire of that name, which exists as long as an end holds it.
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
        keep_timestamps_(flag_of(config.options, kPreserveTimestamps)),
        inbox_(static_cast<std::size_t>(number_of(config.options, kQueueSize))),
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
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    for (auto rest = good; !rest.empty();) {
      const Message* const first = rest.data();
      bool has_fd = false;
      const auto put_on_wire = [&](Message& copy) {
        copy.timestamp = now;
        copy.channel = channel_;
        copy.transmitted = false;
        has_fd |= copy.fd;
      };
      const Part part = wire_->blocks.append(
          rest, [](const Message&) { return true; }, put_on_wire);
      deliver({part, {first, part.size}, has_fd});
    }
    return good.size();
  }

  MessageView receive_view(std::span<Message>) override {
    const Part part = inbox_.pop(SIZE_MAX);
    return {part.block, part.size > 0 ? part.messages() : std::span<const Message>()};
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
    return wait_readable(descriptor(), timeout) ? inbox_.pop(out) : 0;
  }

 private:
  /// Messages on the wire, and the sender's originals.
  struct Sent {
    Part part;
    std::span<const Message> originals;
    bool has_fd;
  };

  void deliver(const Sent& sent) {
    for (VirtualBus* end : wire_->ends)
      if (end != this || receive_own_) end->enqueue(sent, end == this);
  }

  void enqueue(const Sent& sent, bool own) {
    const bool wants_all = filters_.empty() && (fd_ || !sent.has_fd);
    if (wants_all && !own && !keep_timestamps_ && !inbox_.is_sparse())
      inbox_.push(sent.part);
    else
      enqueue_copies(sent, own);
  }

  void enqueue_copies(const Sent& sent, bool own) {
    const auto wants = [&](const Message& message) {
      return (fd_ || !message.fd) && matches(filters_, message);
    };
    const auto change = [&](Message& copy) {
      copy.channel = channel_;
      copy.transmitted = own;
    };
    for (auto rest = keep_timestamps_ ? sent.originals : sent.part.messages(); !rest.empty();)
      inbox_.push(copies_.append(rest, wants, change));
  }

  const Channel channel_;
  const bool fd_, receive_own_, keep_timestamps_;
  Inbox inbox_;
  std::shared_ptr<Wire> wire_;
  Filters filters_;  // guarded by the wire's lock, like the members below
  Blocks copies_;
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

constexpr Option kOptions[] = {kQueueSize, kPreserveTimestamps};

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
