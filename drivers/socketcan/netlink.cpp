// SPDX-License-Identifier: MIT
#include "drivers/socketcan/netlink.h"

#include <sys/socket.h>

#include <cerrno>
#include <memory>

#include "drivers/support/network_watch.h"
#include "libcan/model/fail.h"

namespace can::socketcan {

Request::Request(std::uint16_t type, std::uint16_t flags, int index) {
  header() = {.nlmsg_len = 0,
              .nlmsg_type = type,
              .nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags),
              .nlmsg_seq = 1,
              .nlmsg_pid = 0};
  link().ifi_index = index;
  header().nlmsg_len = static_cast<std::uint32_t>(size_);
}

void Request::add(std::uint16_t type, std::span<const std::byte> value) {
  const rtattr attribute = {static_cast<std::uint16_t>(RTA_LENGTH(value.size())), type};
  if (size_ + RTA_SPACE(value.size()) > bytes_.size()) fail(Errc::invalid, "netlink: too long");
  std::memcpy(&bytes_[size_], &attribute, sizeof attribute);
  std::memcpy(&bytes_[size_ + RTA_LENGTH(0)], value.data(), value.size());
  size_ += RTA_SPACE(value.size());
  header().nlmsg_len = static_cast<std::uint32_t>(size_);
}

std::size_t Request::open(std::uint16_t type) {
  const std::size_t opened = size_;
  add(type, std::span<const std::byte>{});
  return opened;
}

void Request::close(std::size_t opened) {
  const auto length = static_cast<std::uint16_t>(size_ - opened);
  std::memcpy(&bytes_[opened], &length, sizeof length);
}

namespace {

constexpr int kGoOn = -1;  // not an error number: more messages follow

using UseLink = std::function<void(const ifinfomsg&, std::span<const std::byte>)>;

/// Handles one message of the answer. Returns kGoOn, 0 at the end, or the error number.
int handle(const nlmsghdr& header, std::span<const std::byte> body, const UseLink& use) {
  switch (header.nlmsg_type) {
    case NLMSG_DONE:
      return 0;
    case NLMSG_ERROR:
      return -value_of<nlmsgerr>(body).error;
    case RTM_NEWLINK:
      if (body.size() < sizeof(ifinfomsg)) return kGoOn;
      use(value_of<ifinfomsg>(body), body.subspan(NLMSG_ALIGN(sizeof(ifinfomsg))));
  }
  return kGoOn;
}

int handle_all(std::span<const std::byte> bytes, const UseLink& use) {
  while (bytes.size() >= NLMSG_HDRLEN) {
    const auto header = value_of<nlmsghdr>(bytes);
    if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > bytes.size()) return EBADMSG;
    const int result =
        handle(header, bytes.subspan(NLMSG_HDRLEN, header.nlmsg_len - NLMSG_HDRLEN), use);
    if (result != kGoOn) return result;
    bytes = bytes.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), bytes.size()));
  }
  return kGoOn;
}

}  // namespace

int request_link(Request& request, const UseLink& use) {
  const Descriptor socket = open_netlink();
  // Each answer then has an end: NLMSG_DONE after a dump, otherwise the acknowledgement.
  if ((request.header().nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
    request.header().nlmsg_flags |= NLM_F_ACK;
  const auto bytes = request.bytes();
  if (::send(socket.get(), bytes.data(), bytes.size(), 0) < 0) return errno;
  constexpr std::size_t kLongest = 32 << 10;  // bytes: the kernel's limit of one answer
  const auto answer = std::make_unique<std::byte[]>(kLongest);
  for (;;) {
    const ssize_t size = ::recv(socket.get(), answer.get(), kLongest, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    const int result = handle_all({answer.get(), static_cast<std::size_t>(size)}, use);
    if (result != kGoOn) return result;
  }
}

}  // namespace can::socketcan
