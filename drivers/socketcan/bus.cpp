// SPDX-License-Identifier: MIT
// Linux SocketCAN: the CAN interfaces of the kernel.
//
//   canlogger -i socketcan -c can0 -b 500000
//   canlogger -i socketcan -c any
//
// Source: the kernel's Documentation/networking/can.rst and linux/can/*.h; option names as in
// python-can's manual. As in python-can and candump, messages sent by any program of this host are
// "transmitted".

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>

#include "cansuite/interfaces.h"
#include "cansuite/sendable.h"
#include "cansuite/wait.h"
#include "drivers/socketcan/batch.h"
#include "drivers/socketcan/bcm.h"
#include "drivers/socketcan/link.h"
#include "drivers/socketcan/options.h"
#include "drivers/socketcan/origins.h"
#include "drivers/socketcan/socket.h"
#include "drivers/socketcan/socketcan_config.h"
#include "drivers/support/congestion.h"
#include "drivers/support/network_watch.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace socketcan;
using std::chrono::nanoseconds;

class SocketcanBus final : public Bus {
 public:
  explicit SocketcanBus(const SocketcanConfig& config)
      : config_(config),
        socket_(open_raw(config.socket)),
        filtered_(set_kernel_filters(socket_, config.filters, config.socket.error_mask != 0)),
        origins_(config.all() ? Channel() : Channel(config.channel)) {
    if (config_.all()) {
      bind(0);
      return;
    }
    if (config_.reconnect || config_.wait) watch_.emplace(RTMGRP_LINK, socket_);
    auto link = find_link(config_.channel);
    if (!config_.wait) require_usable(link);
    if (link) adopt(*link);
    if (watch_) check_link();
  }

  int descriptor() const override { return watch_ ? watch_->descriptor() : socket_.get(); }
  std::string name() const override { return fmt::format("socketcan {}", config_.channel); }

  std::string details() const override {
    const auto link = config_.all() ? std::nullopt : find_link(config_.channel);
    std::string text = link ? describe(*link) : "";
    const bool hardware = config_.socket.hardware_timestamps && has_clock(config_.channel);
    return text + (text.empty() ? "" : ", ") + (hardware ? "hardware" : "kernel") + " timestamps";
  }

  BusState state() const override {
    const auto link = config_.all() ? std::nullopt : find_link(config_.channel);
    return link ? state_of(*link) : BusState{};
  }

  BusCounters counters() const override {
    return {.dropped = drops_of(socket_), .malformed = malformed_.load(std::memory_order_relaxed)};
  }

 protected:
  std::size_t receive_any(std::span<Message> out, nanoseconds timeout) override {
    const Deadline deadline(timeout);
    for (;;) {
      if (const std::size_t taken = read_batch(out)) return taken;
      if (!wait_for(descriptor(), POLLIN, deadline.left())) return 0;
      if (watch_ && watch_->changed()) check_link();
    }
  }

  std::size_t send_some(std::span<const Message> messages) override {
    const auto some = messages.first(std::min(messages.size(), kBatch));
    const auto good = sendable(some, takes_fd_);
    if (good.empty()) refuse(name(), messages[0]);
    outbox_.clear();
    for (const Message& message : good)
      if (!add(message)) break;
    if (outbox_.size() == 0) fail_addressing(good[0]);
    return transmit();
  }

  void wait_for_room(nanoseconds limit) override {
    if (!congestion_.wait(socket_.get(), limit)) Bus::wait_for_room(limit);
  }

  std::string_view blocked_reason() const override {
    return "takes no more messages; is there a node that acknowledges them?";
  }

  std::unique_ptr<PeriodicTask> periodic_in_device(const Message& message,
                                                   const Cycle& cycle) override {
    if (sendable({&message, 1}, takes_fd_).empty()) refuse(name(), message);
    const bool whole_host = config_.all();
    return start_in_kernel(
        name(), whole_host ? std::string(message.channel.name()) : config_.channel, message, cycle);
  }

  // The messages waiting in the socket have passed the previous filters, so the kernel's filters
  // are exact only if they haven't changed since the socket was bound.
  bool filter_in_device(std::span<const Filter> filters) override {
    if (std::ranges::equal(filters, config_.filters)) return filtered_;
    config_.filters.assign(filters.begin(), filters.end());
    filtered_ = false;
    set_kernel_filters(socket_, filters, config_.socket.error_mask != 0);
    return false;
  }

 private:
  void require_usable(const std::optional<Link>& link) const;
  void adopt(Link link);
  void bind(int interface);
  void check_link();
  void lose(std::string_view how);

  std::size_t read_batch(std::span<Message> out);
  bool read(std::size_t index, Message& out);

  bool add(const Message& message);
  int interface_of(Channel channel);
  [[noreturn]] void fail_addressing(const Message& message) const;
  std::size_t transmit();

  SocketcanConfig config_;
  const Descriptor socket_;
  bool filtered_;  // the kernel's filters are exact
  std::optional<NetworkWatch> watch_;

  // State of the interface, set by the receiving thread; the sending thread reads the atomic ones.
  int interface_ = 0;
  bool connected_ = true;
  std::chrono::steady_clock::time_point lost_;
  std::atomic<bool> takes_fd_ = true, has_controller_ = false;

  // Of the sending thread:
  Outbox outbox_;
  Congestion congestion_;
  std::vector<std::pair<Channel, int>> interfaces_;  // for "any": the interface of each channel

  // Of the receiving thread:
  Inbox inbox_;
  Origins origins_;

  std::atomic<std::uint64_t> malformed_ = 0;
};

// The interface --------------------------------------------------------------------------------

void SocketcanBus::require_usable(const std::optional<Link>& link) const {
  if (!link) {
    std::vector<std::string> names;
    for (const Link& each : find_links()) names.push_back(each.name);
    const std::string hint = did_you_mean(config_.channel, names);
    fail(Errc::not_found, "no such CAN interface{}",
         hint.empty() ? "; \"ip link\" lists the interfaces" : hint);
  }
  if (!link->up && !(link->has_controller() && is_set(config_.link)))
    fail(Errc::io, "the link is down; try \"ip link set {} up{}\"", link->name,
         link->has_controller() ? " type can bitrate 500000" : "");
}

/// Binds the bus to the interface, and sets the interface up if configured.
void SocketcanBus::adopt(Link link) {
  bind(link.index);
  const bool ready = link.up || !is_set(config_.link);
  if (link.has_controller() && (!ready || !fits(config_.link, link))) {
    set_up(config_.link, link);
    link = find_link(link.name).value_or(link);
    clear_error(socket_);  // set_up() took the link down
  }
  if (config_.fd_needed && !link.takes_fd())
    fail(Errc::unsupported, "the interface has no CAN FD; \"ip link set {} {}\" turns it on",
         link.name, link.has_controller() ? "type can dbitrate 2000000 fd on" : "mtu 72");
  takes_fd_ = config_.socket.fd && link.takes_fd();
  has_controller_ = link.has_controller();
}

void SocketcanBus::bind(int interface) {
  // The kernel drops the filters of a socket whose interface disappears.
  set_kernel_filters(socket_, config_.filters, config_.socket.error_mask != 0);
  if (const int error = bind_to(socket_, interface)) fail_errno("can't bind", error);
  interface_ = interface;
}

void SocketcanBus::check_link() {
  const auto link = find_link(config_.channel);
  try {
    if (link && link->index != interface_) adopt(*link);
  } catch (const Error& error) {
    interface_ = link->index;  // no further attempt with this interface
    add_notice(fmt::format("{}: {}", name(), error.what()));
  }
  if (!link) interface_ = 0;
  if (!link || !link->up) return lose(link ? "is down" : "is missing");
  if (connected_) return;
  connected_ = true;
  add_notice(
      fmt::format("{}: back after {}", name(), to_text(std::chrono::steady_clock::now() - lost_)));
}

void SocketcanBus::lose(std::string_view how) {
  clear_error(socket_);  // the error has the same cause
  if (!connected_) return;
  connected_ = false;
  lost_ = std::chrono::steady_clock::now();
  add_notice(fmt::format("{}: the interface {}, waiting", name(), how));
}

// Receiving ------------------------------------------------------------------------------------

/// Receives the available messages that fit into `out`, without waiting.
std::size_t SocketcanBus::read_batch(std::span<Message> out) {
  std::size_t taken = 0;
  for (int received = kBatch; received == kBatch && taken < out.size();) {
    received = inbox_.receive(socket_.get(), out.size() - taken);
    for (int i = 0; i < received; ++i)
      if (read(static_cast<std::size_t>(i), out[taken])) ++taken;
    if (received >= 0 || errno == EAGAIN || errno == EINTR) continue;
    if (!watch_ || (errno != ENETDOWN && errno != ENODEV)) fail_errno(name(), errno);
    lose(errno == ENETDOWN ? "is down" : "is missing");
    check_link();
  }
  return taken;
}

bool SocketcanBus::read(std::size_t index, Message& out) {
  if (!inbox_.decode(index, out)) {
    malformed_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  origins_.complete(inbox_.interface(index), inbox_.arrival(index), out);
  out.transmitted = inbox_.from_this_host(index);
  return true;
}

// Sending --------------------------------------------------------------------------------------

/// Adds the message to the outbox. False if the message can't be sent.
bool SocketcanBus::add(const Message& message) {
  const int interface = config_.all() ? interface_of(message.channel) : kBound;
  if (interface < 0 || (message.error && has_controller_)) return false;
  outbox_.add(message, interface);
  return true;
}

/// The index of the channel's interface; negative: none.
int SocketcanBus::interface_of(Channel channel) {
  for (const auto& [known, interface] : interfaces_)
    if (known == channel) return interface;
  const auto index = static_cast<int>(::if_nametoindex(std::string(channel.name()).c_str()));
  if (index == 0) return -1;
  interfaces_.emplace_back(channel, index);
  return index;
}

void SocketcanBus::fail_addressing(const Message& message) const {
  if (message.error && has_controller_)
    fail(Errc::unsupported, "{}: can't send an error frame: only the controller makes error frames",
         name());
  if (!message.channel)
    fail(Errc::invalid, "{}: can't send id {:X} on all interfaces; -c can0 names one", name(),
         message.id);
  fail(Errc::not_found, "{}: can't send id {:X}: no interface {} (its channel)", name(), message.id,
       quote(message.channel.name()));
}

/// Sends the outbox as far as the interface takes it; returns the number of messages.
std::size_t SocketcanBus::transmit() {
  const int sent = outbox_.send(socket_.get());
  if (sent > 0) return static_cast<std::size_t>(sent);
  const int error = errno;
  if (congestion_.remember(error)) return 0;
  interfaces_.clear();  // an interface may have come back with another index
  fail_errno(name(), error);
}

// The driver -----------------------------------------------------------------------------------

std::unique_ptr<Bus> open(const BusConfig& config) try {
  return std::make_unique<SocketcanBus>(parse_config(config));
} catch (const Error& error) {
  fail_at(fmt::format("socketcan {}", config.channel.empty() ? kAll : config.channel), error);
}

std::vector<Detected> detect() {
  std::vector<Detected> all;
  for (const Link& link : find_links()) all.push_back({link.name, describe(link)});
  return all;
}

constexpr std::string_view kAliases[] = {"socketcan_native", "socketcan_ctypes"};

}  // namespace

namespace drivers {
extern const Driver socketcan;
constinit const Driver socketcan = {
    .name = "socketcan",
    .title = "Linux SocketCAN",
    .channels = "can0, vcan0; any [any]",
    .aliases = kAliases,
    .options = socketcan::kOptions,
    .open = open,
    .detect = detect,
    .all_channels = kAll,
};
}  // namespace drivers
}  // namespace can
