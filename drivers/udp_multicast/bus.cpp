// SPDX-License-Identifier: MIT
// A bus for all programs of a network, or of one machine: every frame is a UDP datagram to a
// multicast group. Compatible both ways with python-can's interface of the same name.
//
//   canlogger -i udp_multicast -c 239.74.163.2
//   canlogger -i udp_multicast -c ff15:7079:7468:6f6e:6465:6d6f:6d63:6173 -o port=43113
//
// Source: python-can 4.1.0, chapter "Multicast IP Interface" of its manual and
// can/interfaces/udp_multicast/; datagram.h has the bytes. Differences to python-can:
//   Own messages are received only on request (python-can: always).
//   Datagrams of other groups on the same port are not received.
//   A datagram without a valid frame is counted and skipped (python-can: ends the program).
//   A machine without a network uses loopback; the default group is then the IPv4 one.
//   The bus follows changes of the network to the interface that a new bus would use.

#include <linux/rtnetlink.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>

#include "cansuite/interfaces.h"
#include "cansuite/sendable.h"
#include "cansuite/wait.h"
#include "drivers/support/congestion.h"
#include "drivers/support/network_watch.h"
#include "drivers/udp_multicast/batch.h"
#include "drivers/udp_multicast/sockets.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace udp_multicast;
using std::chrono::nanoseconds;

constexpr std::uint32_t kChanges =
    RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE;

class UdpMulticastBus final : public Bus {
 public:
  UdpMulticastBus(std::string_view channel, const Membership& membership, bool fd)
      : channel_(channel),
        port_(membership.group.port()),
        fd_(fd),
        receive_own_(membership.receive_own),
        membership_(membership),
        sockets_(join(membership)),
        watch_(kChanges, sockets_.receive),
        decoder_(channel_) {
    if (sockets_.makeshift)
      add_notice(fmt::format("{}: no network carries the group yet: on loopback only", name()));
  }

  std::size_t send_some(std::span<const Message> messages) override {
    const auto good = sendable(messages.first(std::min(messages.size(), kBatch)), fd_);
    if (good.empty()) refuse(name(), messages[0]);
    check_network(send_looked_);
    int sent = outbox_.send(send_descriptor_, good);
    if (sent <= 0 && is_unreachable(errno) && follow_network())
      sent = outbox_.send(send_descriptor_, good);
    if (sent > 0) {
      sent_.fetch_add(static_cast<std::uint64_t>(sent), std::memory_order_relaxed);
      return static_cast<std::size_t>(sent);
    }
    const int error = errno;
    if (congestion_.remember(error)) return 0;
    fail_errno(name(), error);
  }

  void wait_for_room(std::chrono::nanoseconds limit) override {
    if (!congestion_.wait(send_descriptor_, limit)) Bus::wait_for_room(limit);
  }

  std::string_view blocked_reason() const override { return "the network takes no more messages"; }

  int descriptor() const override { return watch_.descriptor(); }
  std::string name() const override { return fmt::format("udp_multicast {}", channel_.name()); }

  std::string details() const override {
    std::lock_guard lock(moving_);
    const std::string& network = sockets_.network;
    return fmt::format("{} port {}{}{}", channel_.name(), port_, network.empty() ? "" : ", ",
                       network == "lo" ? "loopback" : network);
  }

  BusCounters counters() const override {
    const std::uint64_t kept_back = udp_multicast::kept_back(receive_descriptor_);
    const std::uint64_t own = receive_own_ ? 0 : sent_.load(std::memory_order_relaxed);
    return {.dropped = kept_back - std::min(kept_back, own),
            .malformed = malformed_.load(std::memory_order_relaxed)};
  }

 protected:
  std::size_t receive_any(std::span<Message> out, nanoseconds timeout) override {
    // Limits the rounds after the deadline if only datagrams without a frame arrive.
    constexpr int kLateRounds = 64;
    const Deadline deadline(timeout);
    for (int round = 0; round < kLateRounds || !deadline.passed(); ++round) {
      check_network(receive_looked_);
      if (const std::size_t taken = read_batch(out)) return taken;
      if (!wait_for(descriptor(), POLLIN, deadline.left())) return 0;
      receive_looked_ = {};  // the network may have changed
    }
    return 0;
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// Follows a change of the network. A busy bus checks only from time to time.
  void check_network(Clock::time_point& looked) {
    constexpr auto kEvery = std::chrono::milliseconds(100);
    const auto now = Clock::now();
    if (now - looked < kEvery) return;
    looked = now;
    std::unique_lock lock(moving_, std::try_to_lock);
    if (lock && watch_.changed()) move();
  }

  /// True if the bus has moved to another network.
  bool follow_network() {
    std::lock_guard lock(moving_);
    const int before = sockets_.index;
    move();
    return sockets_.index != 0 && sockets_.index != before;
  }

  void move() {
    const std::string before = sockets_.network;
    const int index = sockets_.index;
    const bool makeshift = sockets_.makeshift;
    follow(membership_, sockets_);
    const std::string& now = sockets_.network;
    if (sockets_.index == 0 && index != 0)
      add_notice(fmt::format("{}: {} is gone, waiting", name(), before));
    else if (sockets_.makeshift && !makeshift)
      add_notice(
          fmt::format("{}: {} no longer carries the group: on loopback only", name(), before));
    else if (sockets_.index != index)
      add_notice(fmt::format("{}: {} {} now", name(), now == before ? "back on" : "on", now));
  }

  /// Receives the available messages that fit into `out`, without waiting.
  std::size_t read_batch(std::span<Message> out) {
    std::size_t taken = 0;
    if (receive_own_) {
      std::lock_guard lock(moving_);
      own_source_ = sockets_.source;
    }
    for (int received = kBatch; received == kBatch && taken < out.size();) {
      received = inbox_.receive(receive_descriptor_, out.size() - taken);
      if (received < 0 && errno != EAGAIN && errno != EINTR) fail_errno(name(), errno);
      for (int i = 0; i < received; ++i)
        if (read(static_cast<std::size_t>(i), out[taken])) ++taken;
    }
    return taken;
  }

  bool read(std::size_t index, Message& out) {
    if (!decoder_.decode(inbox_.datagram(index), out)) {
      malformed_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    out.timestamp = inbox_.arrival(index);
    out.transmitted = receive_own_ && inbox_.source(index) == own_source_;
    return fd_ || !out.fd;
  }

  const Channel channel_;
  const std::uint16_t port_;
  const bool fd_, receive_own_;
  const Membership membership_;
  mutable std::mutex moving_;  // guards sockets_ and watch_
  Sockets sockets_;
  NetworkWatch watch_;
  // Constant for the life of the bus.
  const int receive_descriptor_ = sockets_.receive.get(), send_descriptor_ = sockets_.send.get();
  Clock::time_point receive_looked_, send_looked_;  // of the receiving and the sending thread
  Outbox outbox_;                                   // of the sending thread
  Congestion congestion_;
  Inbox inbox_;  // of the receiving thread
  Address own_source_;
  Decoder decoder_;  // of the receiving thread
  std::atomic<std::uint64_t> sent_ = 0, malformed_ = 0;
};

constexpr Option kPort = {.name = "port",
                          .help = "UDP port",
                          .kind = OptionKind::number,
                          .preset = "43113",
                          .min = 1,
                          .max = 65'535};
constexpr Option kHopLimit = {.name = "hop_limit",
                              .help = "hop limit (TTL) of the datagrams",
                              .kind = OptionKind::number,
                              .preset = "1",
                              .min = 0,
                              .max = 255};
constexpr Option kInterface = {.name = "iface",
                               .help = "network interface, such as eth0 or lo",
                               .unset = "by the routing table"};
constexpr Option kReceiveBuffer = {.name = "rcvbuf",
                                   .help = "bytes of the receive buffer",
                                   .kind = OptionKind::number,
                                   .preset = "8388608",
                                   .min = 1,
                                   .max = 1 << 30};

std::unique_ptr<Bus> open_group(const BusConfig& config, std::string_view channel) try {
  const auto port = static_cast<std::uint16_t>(number_of(config.options, kPort));
  const Membership membership = {
      .group = parse_group(channel, port),
      .network = std::string(text_of(config.options, kInterface)),
      .hop_limit = static_cast<int>(number_of(config.options, kHopLimit)),
      .receive_buffer = static_cast<int>(number_of(config.options, kReceiveBuffer)),
      .receive_own = config.receive_own_messages};
  return std::make_unique<UdpMulticastBus>(channel, membership, config.fd.value_or(true));
} catch (const Error& error) {
  fail_at(fmt::format("udp_multicast {}", channel), error);
}

std::unique_ptr<Bus> open(const BusConfig& config) {
  if (!config.channel.empty()) return open_group(config, config.channel);
  try {
    return open_group(config, kDefaultGroupIPv6);
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
    return open_group(config, kDefaultGroupIPv4);
  }
}

std::vector<Detected> detect() {
  return {{std::string(kDefaultGroupIPv6), ""}, {std::string(kDefaultGroupIPv4), ""}};
}

constexpr Option kOptions[] = {kPort, kHopLimit, kInterface, kReceiveBuffer};

}  // namespace

namespace drivers {
extern const Driver udp_multicast;
constinit const Driver udp_multicast = {
    .name = "udp_multicast",
    .title = "python-can's UDP multicast",
    .channels = "239.74.163.2, ff15:7079:7468:6f6e:6465:6d6f:6d63:6173",
    .options = kOptions,
    .open = open,
    .detect = detect,
};
}  // namespace drivers
}  // namespace can
