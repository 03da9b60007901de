// SPDX-License-Identifier: MIT
#include "drivers/socketcan/socket.h"

#include <linux/can/error.h>
#include <linux/can/raw.h>
#include <linux/net_tstamp.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "libcan/model/fail.h"

namespace can::socketcan {
namespace {

template <class Value>
void set_option(const Descriptor& socket, int level, int option, const Value& value,
                const char* what) {
  if (::setsockopt(socket.get(), level, option, &value, sizeof value) != 0) fail_errno(what, errno);
}

/// Sets the requested size as root, otherwise at most net.core.rmem_max.
void set_receive_buffer(const Descriptor& socket, int bytes) {
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
    set_option(socket, SOL_SOCKET, SO_RCVBUF, bytes, "receive buffer");
}

can_filter to_kernel(const Filter& filter) {
  can_filter out = {.can_id = filter.id & CAN_EFF_MASK, .can_mask = filter.mask & CAN_EFF_MASK};
  if (filter.extended) {
    out.can_mask |= CAN_EFF_FLAG;
    if (*filter.extended) out.can_id |= CAN_EFF_FLAG;
  }
  if (filter.remote) {
    out.can_mask |= CAN_RTR_FLAG;
    if (*filter.remote) out.can_id |= CAN_RTR_FLAG;
  }
  if (filter.inverted) out.can_id |= CAN_INV_FILTER;
  return out;
}

void set_list(const Descriptor& socket, const std::vector<can_filter>& list, bool join) {
  set_option(socket, SOL_CAN_RAW, CAN_RAW_JOIN_FILTERS, int{join}, "joined filters");
  if (::setsockopt(socket.get(), SOL_CAN_RAW, CAN_RAW_FILTER, list.data(),
                   static_cast<socklen_t>(list.size() * sizeof(can_filter))) != 0)
    fail_errno("filters", errno);
}

}  // namespace

Descriptor open_raw(const SocketOptions& options) {
  Descriptor socket(::socket(PF_CAN, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, CAN_RAW));
  if (!socket && (errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT))
    fail(Errc::unsupported, "this kernel has no CAN; as root, \"modprobe can-raw\" may help");
  if (!socket) fail_errno("socket", errno);
  set_option(socket, SOL_CAN_RAW, CAN_RAW_FD_FRAMES, int{options.fd}, "CAN FD");
  set_option(socket, SOL_CAN_RAW, CAN_RAW_LOOPBACK, int{options.local_loopback}, "loopback");
  set_option(socket, SOL_CAN_RAW, CAN_RAW_RECV_OWN_MSGS, int{options.receive_own}, "own messages");
  set_option(socket, SOL_CAN_RAW, CAN_RAW_ERR_FILTER, options.error_mask, "error mask");
  int stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  if (options.hardware_timestamps)
    stamps |= SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
  set_option(socket, SOL_SOCKET, SO_TIMESTAMPING, stamps, "timestamps");
  set_receive_buffer(socket, options.receive_buffer);
  return socket;
}

int bind_to(const Descriptor& socket, int interface) {
  sockaddr_can address{};
  address.can_family = AF_CAN;
  address.can_ifindex = interface;
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  return ::bind(socket.get(), generic, sizeof address) == 0 ? 0 : errno;
}

bool set_kernel_filters(const Descriptor& socket, std::span<const Filter> filters, bool errors) {
  std::vector<can_filter> plain, inverted;
  for (const Filter& filter : filters)
    (filter.inverted ? inverted : plain).push_back(to_kernel(filter));
  // The kernel combines all filters by or, or all by and. And-ed filters pass no error frames.
  const bool join = !inverted.empty() && plain.size() <= 1 && filters.size() > 1 && !errors;
  const bool exact = join || inverted.empty() || filters.size() == 1;
  std::vector<can_filter> list = plain;
  if (join || filters.size() == 1) list.insert(list.end(), inverted.begin(), inverted.end());
  if (list.empty() || list.size() > CAN_RAW_FILTER_MAX) {
    set_list(socket, {can_filter{}}, false);  // all
    return filters.empty();
  }
  set_list(socket, list, join);
  return exact;
}

void clear_error(const Descriptor& socket) {
  int error;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
}

std::uint32_t drops_of(const Descriptor& socket) {
  std::uint32_t info[SK_MEMINFO_VARS] = {};
  socklen_t size = sizeof info;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_MEMINFO, info, &size);
  return info[SK_MEMINFO_DROPS];
}

}  // namespace can::socketcan
