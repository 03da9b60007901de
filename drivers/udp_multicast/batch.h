// SPDX-License-Identifier: MIT
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <span>

#include "drivers/udp_multicast/address.h"
#include "drivers/udp_multicast/datagram.h"

namespace can::udp_multicast {

constexpr std::size_t kBatch = 64;  ///< datagrams per system call

/// The buffers of one sendmmsg(2), set up once. Used by one thread.
class Outbox {
 public:
  Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Sends at most kBatch of the messages without waiting. Returns the number that the kernel took;
  /// -1, with errno, if none.
  int send(int socket, std::span<const Message> messages);

 private:
  std::array<std::array<std::uint8_t, kLongestDatagram>, kBatch> bytes_;
  std::array<iovec, kBatch> parts_;
  std::array<mmsghdr, kBatch> headers_{};
};

/// The buffers of one recvmmsg(2), set up once. Used by one thread.
class Inbox {
 public:
  Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// Receives at most `max` datagrams, and kBatch, without waiting. Returns their number;
  /// -1 with errno.
  int receive(int socket, std::size_t max);

  /// A datagram of the last receive(), until the next; empty for one that is too long for a frame.
  std::span<const std::uint8_t> datagram(std::size_t index) const;
  std::chrono::nanoseconds arrival(std::size_t index) const;  ///< by the kernel's clock
  const Address& source(std::size_t index) const { return sources_[index]; }

 private:
  // The longest datagram that python-can reads. Its own are at most 220 bytes and the channel.
  static constexpr std::size_t kLongest = 4096;
  struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(sizeof(timespec))> bytes;
  };

  std::array<std::array<std::uint8_t, kLongest>, kBatch> bytes_;
  std::array<Control, kBatch> control_;
  std::array<Address, kBatch> sources_;
  std::array<iovec, kBatch> parts_;
  std::array<mmsghdr, kBatch> headers_{};
};

}  // namespace can::udp_multicast
