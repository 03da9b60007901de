// SPDX-License-Identifier: MIT
#include "drivers/socketcan/batch.h"

#include <algorithm>
#include <cstring>

namespace can::socketcan {
namespace {

using std::chrono::nanoseconds;

nanoseconds to_nanoseconds(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

}  // namespace

Outbox::Outbox() {
  for (std::size_t i = 0; i < kBatch; ++i) {
    msghdr& header = headers_[i].msg_hdr;
    parts_[i].iov_base = &frames_[i];
    header.msg_iov = &parts_[i];
    header.msg_iovlen = 1;
    addresses_[i].can_family = AF_CAN;
    header.msg_name = &addresses_[i];
  }
}

void Outbox::add(const Message& message, int interface) {
  parts_[size_].iov_len = encode(message, frames_[size_]);
  addresses_[size_].can_ifindex = interface;
  headers_[size_].msg_hdr.msg_namelen = interface == kBound ? 0 : sizeof addresses_[size_];
  ++size_;
}

int Outbox::send(int socket) {
  return ::sendmmsg(socket, headers_.data(), static_cast<unsigned>(size_),
                    MSG_DONTWAIT | MSG_NOSIGNAL);
}

Inbox::Inbox() {
  for (std::size_t i = 0; i < kBatch; ++i) {
    msghdr& header = headers_[i].msg_hdr;
    parts_[i] = {.iov_base = &frames_[i], .iov_len = sizeof frames_[i]};
    header.msg_iov = &parts_[i];
    header.msg_iovlen = 1;
    header.msg_control = control_[i].bytes.data();
    header.msg_name = &addresses_[i];
  }
}

int Inbox::receive(int socket, std::size_t limit) {
  const std::size_t count = std::min(limit, kBatch);
  for (std::size_t i = 0; i < count; ++i) {
    headers_[i].msg_hdr.msg_controllen = control_[i].bytes.size();
    headers_[i].msg_hdr.msg_namelen = sizeof addresses_[i];
  }
  return ::recvmmsg(socket, headers_.data(), static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
}

bool Inbox::decode(std::size_t index, Message& message) const {
  return socketcan::decode(frames_[index], headers_[index].msg_len, message);
}

Arrival Inbox::arrival(std::size_t index) const {
  const cmsghdr* control = CMSG_FIRSTHDR(&headers_[index].msg_hdr);
  timespec times[3] = {};  // by the kernel, unused, by the hardware
  if (control != nullptr && control->cmsg_level == SOL_SOCKET &&
      control->cmsg_type == SCM_TIMESTAMPING)
    std::memcpy(times, CMSG_DATA(control), sizeof times);
  const Arrival arrival = {to_nanoseconds(times[0]), to_nanoseconds(times[2])};
  if (arrival.kernel.count() != 0) return arrival;
  return {std::chrono::system_clock::now().time_since_epoch(), arrival.hardware};
}

bool Inbox::from_this_host(std::size_t index) const {
  return (headers_[index].msg_hdr.msg_flags & MSG_DONTROUTE) != 0;
}

}  // namespace can::socketcan
