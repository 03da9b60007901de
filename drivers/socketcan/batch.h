// SPDX-License-Identifier: MIT
#pragma once

#include <linux/can.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <span>

#include "drivers/socketcan/frame.h"

namespace can::socketcan {

constexpr std::size_t kBatch = 64;  ///< frames per system call
constexpr int kBound = 0;           ///< instead of an index: the interface the socket is bound to

/// The buffers of one sendmmsg(2), set up once. Used by one thread.
class Outbox {
 public:
  Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  std::size_t size() const { return size_; }
  void clear() { size_ = 0; }

  /// Adds a frame, at most kBatch, for the interface with this index, or kBound.
  void add(const Message& message, int interface);

  /// Sends without waiting. Returns the number of frames sent, or -1 and errno.
  int send(int socket);

 private:
  std::size_t size_ = 0;
  std::array<canfd_frame, kBatch> frames_;
  std::array<sockaddr_can, kBatch> addresses_{};
  std::array<iovec, kBatch> parts_;
  std::array<mmsghdr, kBatch> headers_{};
};

/// The timestamps of a received frame.
struct Arrival {
  std::chrono::nanoseconds kernel{};    ///< time of reception by the kernel's clock
  std::chrono::nanoseconds hardware{};  ///< by the device's clock; 0: none
};

/// The buffers of one recvmmsg(2), set up once. Used by one thread.
class Inbox {
 public:
  Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// Receives up to `limit` frames without waiting. Returns their number, or -1 and errno.
  int receive(int socket, std::size_t limit);

  /// Properties of a frame of the last receive():
  bool decode(std::size_t index, Message& message) const;
  Arrival arrival(std::size_t index) const;
  int interface(std::size_t index) const { return addresses_[index].can_ifindex; }
  bool from_this_host(std::size_t index) const;

 private:
  struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(3 * sizeof(timespec))> bytes;
  };

  std::array<canfd_frame, kBatch> frames_;
  std::array<Control, kBatch> control_;
  std::array<sockaddr_can, kBatch> addresses_;
  std::array<iovec, kBatch> parts_;
  std::array<mmsghdr, kBatch> headers_{};
};

}  // namespace can::socketcan
