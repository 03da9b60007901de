// SPDX-License-Identifier: MIT
#include "tests/stand_ins/bus.h"

#ifndef _WIN32
#include <sys/eventfd.h>
#include <unistd.h>
#else
#include <process.h>
#endif

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "tests/stand_ins/group.h"

namespace can::stand_in {

/// All channels and ports of this process. `mutex` guards them; `sending` keeps the order of frames
/// the same for the listeners here and in other processes, and is locked first.
class Bus {
 public:
  static Bus& instance() {
    static Bus& bus = *new Bus;  // outlives threads that still run at the end of the process
    return bus;
  }

  Channel& channel(int number) {
    const auto [entry, is_new] = channels_.try_emplace(number);
    if (is_new) entry->second.wire = identity().wire < 0 ? number : identity().wire;
    return entry->second;
  }

  void deliver(Frame frame) {
    frame.time_ns = now_ns();
    for (Port* port : ports) {
      if (channel(port->channel_).wire != channel(frame.channel).wire) continue;
      frame.own = frame.sender == port->id_;
      frame.local = frame.channel == port->channel_;
      if (hears(*port, frame)) port->push(frame);
    }
  }

  void tell_ports(int number) {
    Frame status;
    status.kind = Kind::kStatus;
    status.state = error_state(channel(number));
    status.channel = number;
    status.time_ns = now_ns();
    for (Port* port : ports) {
      if (port->channel_ != number) continue;
      if (port->listening_ && port->filter_ && port->filter_(status)) port->push(status);
      port->signal();
    }
  }

  void signal_all() {
    for (Port* port : ports) port->signal();
  }

  void lose_in(int number) {
    for (Port* port : ports)
      if (port->channel_ == number) port->lose();
  }

  std::mutex mutex, sending;
  std::vector<Port*> ports;
  int devices = identity().devices;

 private:
  bool hears(const Port& port, const Frame& frame) {
    const Channel& here = channel(port.channel_);
    if (!port.listening_ || port.is_gone() || here.off) return false;
    return port.filter_ ? port.filter_(frame) : !frame.own;
  }

  std::map<int, Channel> channels_;
};

namespace {

std::atomic<std::int64_t> clock_shift_ns = 0;

std::int64_t since_epoch(auto now) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
}

std::uint64_t next_port_id() {
  static std::atomic<std::uint32_t> count = 0;
#ifdef _WIN32
  const auto process = static_cast<std::uint64_t>(::_getpid());
#else
  const auto process = static_cast<std::uint64_t>(::getpid());
#endif
  return process << 32 | ++count;
}

Bus& bus() { return Bus::instance(); }

/// Sends frames to the listeners here and elsewhere. `bus().sending` is locked, `mutex` is not.
void transmit(const std::deque<Frame>& frames) {
  for (const Frame& frame : frames) {
    {
      const std::lock_guard lock(bus().mutex);
      bus().deliver(frame);
    }
    send_to_group(frame);
  }
}

bool blocked(const Channel& channel) { return channel.held || channel.off || channel.gone; }

template <typename Ready>
bool wait_until(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                std::uint32_t ms, Ready ready) {
  const auto end = deadline(ms);
  if (end) return changed.wait_until(lock, *end, ready);
  changed.wait(lock, ready);
  return true;
}

}  // namespace

std::optional<std::chrono::steady_clock::time_point> deadline(std::uint32_t ms) {
  if (ms == Port::kForever) return std::nullopt;
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
}

std::int64_t now_ns() {
  static const std::int64_t offset =
      since_epoch(std::chrono::system_clock::now()) - since_epoch(std::chrono::steady_clock::now());
  return since_epoch(std::chrono::steady_clock::now()) + offset + clock_shift_ns;
}

void advance_clock(std::int64_t ns) { clock_shift_ns += ns; }

ErrorState error_state(const Channel& channel) {
  const unsigned most = std::max(channel.tx_errors, channel.rx_errors);
  if (channel.off) return ErrorState::kOff;
  if (most > 127) return ErrorState::kPassive;
  return most >= 96 ? ErrorState::kWarning : ErrorState::kActive;
}

Port::Port(int channel, std::size_t capacity, std::size_t tx_capacity)
    : channel_(channel),
      id_(next_port_id()),
      capacity_(capacity),
      tx_capacity_(tx_capacity),
      losses_(channel_state(channel).losses) {
  join_group();
#ifndef _WIN32
  descriptor_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
#endif
  const std::lock_guard lock(bus().mutex);
  bus().ports.push_back(this);
}

Port::~Port() {
  {
    const std::lock_guard lock(bus().mutex);
    std::erase(bus().ports, this);
  }
#ifndef _WIN32
  ::close(descriptor_);
#endif
}

bool Port::is_gone() const {
  const Channel& channel = bus().channel(channel_);
  return channel.gone || channel.losses != losses_;
}

bool Port::gone() const {
  const std::lock_guard lock(bus().mutex);
  return is_gone();
}

void Port::listen(bool on) {
  const std::lock_guard lock(bus().mutex);
  listening_ = on;
}

void Port::set_capacity(std::size_t capacity) {
  const std::lock_guard lock(bus().mutex);
  capacity_ = capacity;
}

void Port::set_filter(Filter filter) {
  const std::lock_guard lock(bus().mutex);
  filter_ = std::move(filter);
}

Sent Port::send(const Frame& frame) {
  const std::lock_guard order(bus().sending);
  Frame sent = frame;
  sent.sender = id_;
  sent.channel = channel_;
  {
    const std::lock_guard lock(bus().mutex);
    Channel& channel = bus().channel(channel_);
    if (is_gone()) return Sent::kGone;
    if (channel.full) return Sent::kFull;
    if (blocked(channel)) {
      if (channel.waiting.size() >= tx_capacity_) return Sent::kFull;
      channel.waiting.push_back(sent);
      return channel.off ? Sent::kOff : Sent::kOk;
    }
  }
  transmit({sent});
  return Sent::kOk;
}

void Port::reflect(Frame frame) {
  const std::lock_guard lock(bus().mutex);
  frame.sender = id_;
  frame.channel = channel_;
  frame.own = frame.local = true;
  frame.time_ns = now_ns();
  push(frame);
}

std::optional<Frame> Port::take() {
  const std::lock_guard lock(bus().mutex);
  if (received_.empty()) return std::nullopt;
  const Frame frame = received_.front();
  received_.pop_front();
  signal();
  return frame;
}

std::size_t Port::pending() const {
  const std::lock_guard lock(bus().mutex);
  return received_.size();
}

std::size_t Port::waiting() const {
  const std::lock_guard lock(bus().mutex);
  return bus().channel(channel_).waiting.size();
}

bool Port::take_overrun() {
  const std::lock_guard lock(bus().mutex);
  return std::exchange(overrun_, false);
}

bool Port::overrun() const {
  const std::lock_guard lock(bus().mutex);
  return overrun_;
}

unsigned long Port::overruns() const {
  const std::lock_guard lock(bus().mutex);
  return overruns_;
}

bool Port::wait(std::uint32_t ms) {
  std::unique_lock lock(bus().mutex);
  const auto ready = [&] { return !received_.empty() || is_gone(); };
  return wait_until(changed_, lock, ms, ready) && !received_.empty();
}

bool Port::wait_sent(std::uint32_t ms) {
  std::unique_lock lock(bus().mutex);
  const Channel& channel = bus().channel(channel_);
  const auto ready = [&] { return channel.waiting.empty() || is_gone(); };
  return wait_until(changed_, lock, ms, ready) && !is_gone();
}

void Port::clear_received() {
  const std::lock_guard lock(bus().mutex);
  received_.clear();
  signal();
}

void Port::clear_waiting() {
  const std::lock_guard lock(bus().mutex);
  bus().channel(channel_).waiting.clear();
  changed_.notify_all();
}

void Port::push(const Frame& frame) {
  if (received_.size() >= capacity_) return lose();
  received_.push_back(frame);
  signal();
}

void Port::lose() {
  overrun_ = true;
  ++overruns_;
}

/// Wakes those who wait, and keeps the descriptor in step with the queue.
void Port::signal() {
  changed_.notify_all();
  const bool readable = !received_.empty() || is_gone();
  if (readable == std::exchange(signaled_, readable)) return;
#ifndef _WIN32
  eventfd_t count = 1;
  readable ? ::eventfd_write(descriptor_, count) : ::eventfd_read(descriptor_, &count);
#endif
}

Channel channel_state(int channel) {
  const std::lock_guard lock(bus().mutex);
  return bus().channel(channel);
}

void change_channel(int number, const std::function<void(Channel&)>& change) {
  const std::lock_guard order(bus().sending);
  std::deque<Frame> released;
  {
    const std::lock_guard lock(bus().mutex);
    Channel& channel = bus().channel(number);
    const auto before = std::pair(error_state(channel), channel.gone);
    change(channel);
    if (!blocked(channel)) released.swap(channel.waiting);
    if (before != std::pair(error_state(channel), channel.gone)) bus().tell_ports(number);
  }
  transmit(released);
  const std::lock_guard lock(bus().mutex);
  bus().signal_all();
}

long long setting(int channel, const std::string& name, long long preset) {
  const std::lock_guard lock(bus().mutex);
  const auto& settings = bus().channel(channel).settings;
  const auto found = settings.find(name);
  return found == settings.end() ? preset : found->second;
}

void set_setting(int channel, const std::string& name, long long value) {
  const std::lock_guard lock(bus().mutex);
  bus().channel(channel).settings[name] = value;
}

int open_ports(int channel) {
  const std::lock_guard lock(bus().mutex);
  return static_cast<int>(
      std::count_if(bus().ports.begin(), bus().ports.end(),
                    [&](const Port* port) { return port->channel() == channel; }));
}

int device_count() {
  const std::lock_guard lock(bus().mutex);
  return bus().devices;
}

void set_device_count(int count) {
  const std::lock_guard lock(bus().mutex);
  bus().devices = count;
}

bool present(int channel) {
  const std::lock_guard lock(bus().mutex);
  return channel >= 0 && channel < bus().devices && !bus().channel(channel).gone;
}

void lose_frame(int channel) {
  const std::lock_guard lock(bus().mutex);
  bus().lose_in(channel);
}

void disturb(int channel, BusError error) {
  Frame frame;
  frame.kind = Kind::kError;
  frame.error = error;
  frame.channel = channel;
  const std::lock_guard lock(bus().mutex);
  bus().deliver(frame);
}

void deliver_from_group(const Frame& frame) {
  const std::lock_guard lock(bus().mutex);
  bus().deliver(frame);
}

}  // namespace can::stand_in
