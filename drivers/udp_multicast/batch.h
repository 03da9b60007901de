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

constexpr std::size_t kBatch = 64;  ///< datagrams a system call

/// Room for the datagrams of one sendmmsg(2), set up once.
class Outbox {
 public:
  Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Sends as many of the messages as there is room for, without waiting. Returns how many, or -1
  /// and errno.
  int send(int socket, std::span<const Message> messages);

 private:
  std::array<std::array<std::uint8_t, kLongestDatagram>, kBatch> bytes_;
  std::array<iovec, kBatch> parts_;
  std::array<mmsghdr, kBatch> headers_{};
};

/// Room for the datagrams of one recvmmsg(2), set up once.
class Inbox {
 public:
  Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// Takes up to `most` waiting datagrams without waiting. Returns how many, or -1 and errno.
  int receive(int socket, std::size_t most);

  /// Of the datagrams last received. A datagram too long to be a frame is empty.
  std::span<const std::uint8_t> datagram(std::size_t index) const;
  std::chrono::nanoseconds arrival(std::size_t index) const;  ///< by the kernel's clock
  const Address& source(std::size_t index) const { return sources_[index]; }

 private:
  // As long as python-can reads. Its own longest is 220 bytes and the channel.
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
