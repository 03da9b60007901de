// SPDX-License-Identifier: MIT
#include "drivers/udp_multicast/batch.h"

#include <algorithm>
#include <cstring>

namespace can::udp_multicast {

using std::chrono::nanoseconds;

Outbox::Outbox() {
  for (std::size_t i = 0; i < kBatch; ++i) {
    parts_[i] = {.iov_base = bytes_[i].data(), .iov_len = 0};
    headers_[i].msg_hdr.msg_iov = &parts_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
  }
}

int Outbox::send(int socket, std::span<const Message> messages) {
  const std::size_t count = std::min(messages.size(), kBatch);
  for (std::size_t i = 0; i < count; ++i) parts_[i].iov_len = encode(messages[i], bytes_[i]);
  return ::sendmmsg(socket, headers_.data(), static_cast<unsigned>(count),
                    MSG_DONTWAIT | MSG_NOSIGNAL);
}

Inbox::Inbox() {
  for (std::size_t i = 0; i < kBatch; ++i) {
    parts_[i] = {.iov_base = bytes_[i].data(), .iov_len = kLongest};
    msghdr& header = headers_[i].msg_hdr;
    header.msg_iov = &parts_[i];
    header.msg_iovlen = 1;
    header.msg_control = control_[i].bytes.data();
    header.msg_name = sources_[i].get();
  }
}

int Inbox::receive(int socket, std::size_t max) {
  const std::size_t count = std::min(max, kBatch);
  for (std::size_t i = 0; i < count; ++i) {
    headers_[i].msg_hdr.msg_controllen = control_[i].bytes.size();
    headers_[i].msg_hdr.msg_namelen = sizeof sources_[i].storage;
  }
  return ::recvmmsg(socket, headers_.data(), static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
}

std::span<const std::uint8_t> Inbox::datagram(std::size_t index) const {
  const mmsghdr& header = headers_[index];
  if ((header.msg_hdr.msg_flags & MSG_TRUNC) != 0) return {};
  return std::span(bytes_[index]).first(header.msg_len);
}

nanoseconds Inbox::arrival(std::size_t index) const {
  const msghdr& header = headers_[index].msg_hdr;
  const cmsghdr* control = CMSG_FIRSTHDR(&header);
  if (control == nullptr || control->cmsg_level != SOL_SOCKET ||
      control->cmsg_type != SCM_TIMESTAMPNS)
    return std::chrono::system_clock::now().time_since_epoch();
  timespec time;
  std::memcpy(&time, CMSG_DATA(control), sizeof time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

}  // namespace can::udp_multicast
