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

constexpr std::size_t kBatch = 64;  ///< frames a system call
constexpr int kBound = 0;           ///< instead of an index: the interface the socket is bound to

/// Room for the frames of one sendmmsg(2), set up once.
class Outbox {
 public:
  Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  std::size_t size() const { return size_; }
  void clear() { size_ = 0; }

  /// To the interface with this index, or kBound; no more than kBatch of them.
  void add(const Message& message, int interface);

  /// Sends without waiting. Returns how many of the frames, or -1 and errno.
  int send(int socket);

 private:
  std::size_t size_ = 0;
  std::array<canfd_frame, kBatch> frames_;
  std::array<sockaddr_can, kBatch> addresses_{};
  std::array<iovec, kBatch> parts_;
  std::array<mmsghdr, kBatch> headers_{};
};

/// When a frame came.
struct Arrival {
  std::chrono::nanoseconds kernel{};    ///< when the kernel got it, by its clock
  std::chrono::nanoseconds hardware{};  ///< by the device's clock; 0: it doesn't say
};

/// Room for the frames of one recvmmsg(2), set up once.
class Inbox {
 public:
  Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// Takes up to `limit` waiting frames without waiting. Returns how many, or -1 and errno.
  int receive(int socket, std::size_t limit);

  /// Of the frames last received:
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
