// SPDX-License-Identifier: MIT
#include "drivers/udp_multicast/sockets.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <span>
#include <vector>

#include "libcan/model/fail.h"

namespace can::udp_multicast {
namespace {

constexpr const char* kLoopback = "lo";

/// The socket options with different names in each family.
struct Options {
  int level, hop_limit, all_groups;
};
constexpr Options kIpv4 = {IPPROTO_IP, IP_MULTICAST_TTL, IP_MULTICAST_ALL};
constexpr Options kIpv6 = {IPPROTO_IPV6, IPV6_MULTICAST_HOPS, IPV6_MULTICAST_ALL};

const Options& options_of(const Address& group) { return group.is_ipv4() ? kIpv4 : kIpv6; }

/// The failure of a system call, within this file: join() may try another interface.
struct Refusal {
  std::string what;
  int error;
};

void check(int result, const std::string& what) {
  if (result < 0) throw Refusal{what, errno};
}

template <class Value>
void set_option(const Descriptor& socket, int level, int option, const Value& value,
                const char* what) {
  check(::setsockopt(socket.get(), level, option, &value, sizeof value), what);
}

Descriptor new_socket(const Address& group) {
  constexpr int kType = SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
  Descriptor socket(::socket(group.storage.ss_family, kType, 0));
  check(socket.get(), "socket");
  return socket;
}

/// A socket that sends by the interface `index`; 0: by the routing table.
Descriptor connect_sender(const Membership& membership, int index) {
  const Address& group = membership.group;
  const Options& options = options_of(group);
  Descriptor socket = new_socket(group);
  set_option(socket, options.level, options.hop_limit, membership.hop_limit, "hop limit");
  if (group.is_ipv4()) {
    const ip_mreqn outgoing = {.imr_multiaddr = {}, .imr_address = {}, .imr_ifindex = index};
    set_option(socket, IPPROTO_IP, IP_MULTICAST_IF, outgoing, "interface");
  } else {
    set_option(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, index, "interface");
  }
  check(::connect(socket.get(), group.get(), group.size), "connect");
  return socket;
}

/// Sets the requested size as root, otherwise at most net.core.rmem_max.
void set_receive_buffer(const Descriptor& socket, int bytes) {
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
    set_option(socket, SOL_SOCKET, SO_RCVBUF, bytes, "receive buffer");
}

void change_membership(const Descriptor& socket, const Address& group, int option, int index) {
  const group_req request = {.gr_interface = static_cast<std::uint32_t>(index),
                             .gr_group = group.storage};
  set_option(socket, options_of(group).level, option, request, "join");
}

/// A socket bound to group and port, which keeps out other groups' datagrams and unicast.
Descriptor bind_receiver(const Membership& membership, int index) {
  const Address& group = membership.group;
  const Options& options = options_of(group);
  Descriptor socket = new_socket(group);
  // python-can 4.1.0 sets the first, later versions both: both options work beside either.
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1, "reuse of the address");
  set_option(socket, SOL_SOCKET, SO_REUSEPORT, 1, "reuse of the port");
  set_option(socket, SOL_SOCKET, SO_TIMESTAMPNS, 1, "timestamps");
  set_option(socket, options.level, options.all_groups, 0, "other groups");
  set_receive_buffer(socket, membership.receive_buffer);
  check(::bind(socket.get(), group.get(), group.size), fmt::format("port {}", group.port()));
  change_membership(socket, group, MCAST_JOIN_GROUP, index);
  return socket;
}

/// A program for the kernel's packet filter that drops the datagrams of `source`.
std::vector<sock_filter> drop_program(const Address& source) {
  // Byte 0 is the UDP header's source port. The IP header has the address at 12, in IPv6 at 8.
  const auto address_at = static_cast<std::uint32_t>(SKF_NET_OFF) + (source.is_ipv4() ? 12 : 8);
  const auto host = host_of(source.get());
  std::vector<sock_filter> program = {BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0),
                                      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, source.port(), 0, 0)};
  for (std::uint32_t i = 0; i < host.size(); ++i) {
    program.push_back(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, address_at + i));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, host[i], 0, 0));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, 0));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF));
  // Each difference jumps to the last statement, which passes the whole datagram.
  for (std::size_t i = 1; i < 2 * (1 + host.size()); i += 2)
    program[i].jf = static_cast<std::uint8_t>(program.size() - 2 - i);
  return program;
}

/// Drops the bus's own datagrams, which would wake it and fill its buffer.
void drop_from(const Address& source, const Descriptor& socket) {
  auto program = drop_program(source);
  const sock_fprog filter = {static_cast<unsigned short>(program.size()), program.data()};
  set_option(socket, SOL_SOCKET, SO_ATTACH_FILTER, filter, "filter of own messages");
}

Address source_of(const Descriptor& socket) {
  Address source;
  check(::getsockname(socket.get(), source.get(), &source.size), "getsockname");
  return source;
}

/// The name of the interface with the address of `source`; "" when none has it.
std::string interface_with(const Address& source) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next)
    if (each->ifa_addr != nullptr &&
        std::ranges::equal(host_of(each->ifa_addr), host_of(source.get())))
      return each->ifa_name;
  return {};
}

/// Link-local IPv6 groups (ff02::) exist once for each network interface.
void set_scope(Address& group, int index) {
  auto& v6 = reinterpret_cast<sockaddr_in6&>(group.storage);
  if (group.is_ipv4() || !IN6_IS_ADDR_MC_LINKLOCAL(&v6.sin6_addr)) return;
  if (index == 0) fail(Errc::invalid, "a link-local group needs the option 'iface'");
  v6.sin6_scope_id = static_cast<std::uint32_t>(index);
}

/// The sockets of one network interface, except the receiver.
Sockets route_over(Membership& membership, const std::string& network) {
  const auto index = static_cast<int>(::if_nametoindex(network.c_str()));
  if (index == 0 && !network.empty())
    fail(Errc::not_found, "no network interface {}", quote(network));
  set_scope(membership.group, index);
  Sockets route;
  route.send = connect_sender(membership, index);
  route.source = source_of(route.send);
  route.network = network.empty() ? interface_with(route.source) : network;
  route.index = static_cast<int>(::if_nametoindex(route.network.c_str()));
  return route;
}

Sockets join_over(Membership membership, const std::string& network) {
  Sockets sockets = route_over(membership, network);
  sockets.receive = bind_receiver(membership, sockets.index);
  sockets.joined = sockets.index;
  if (!membership.receive_own) drop_from(sockets.source, sockets.receive);
  return sockets;
}

[[noreturn]] void fail_unreachable(const Address& group) {
  if (group.is_ipv4())
    fail(Errc::not_found,
         "no network carries IPv4 multicast; within this machine \"ip link set lo up\" is enough");
  fail(Errc::not_found, "no network carries IPv6 multicast; an IPv4 group needs only loopback");
}

/// Calls `join`; over loopback if no interface is configured and none carries the group.
template <class Join>
Sockets anywhere(const Membership& membership, Join join) {
  try {
    return join(membership, membership.network);
  } catch (const Refusal& refusal) {
    if (!membership.network.empty() || !is_unreachable(refusal.error)) throw;
  }
  Sockets sockets = join(membership, kLoopback);
  sockets.makeshift = true;
  return sockets;
}

void leave(const Sockets& sockets, const Address& group) {
  try {
    change_membership(sockets.receive, group, MCAST_LEAVE_GROUP, sockets.joined);
  } catch (const Refusal&) {
    // The interface is gone, and the membership with it.
  }
}

void move_to(const Membership& membership, Sockets route, Sockets& sockets) {
  const bool same_index = route.index == sockets.index;
  if (same_index &&
      std::ranges::equal(host_of(route.source.get()), host_of(sockets.source.get()))) {
    sockets.makeshift = route.makeshift;
    return;
  }
  const Address& group = membership.group;
  if (!same_index) {
    leave(sockets, group);
    change_membership(sockets.receive, group, MCAST_JOIN_GROUP, route.index);
  }
  if (!membership.receive_own) drop_from(route.source, sockets.receive);
  // Keeps the descriptor's number: another thread may be sending.
  check(::dup3(route.send.get(), sockets.send.get(), O_CLOEXEC), "dup");
  sockets.source = route.source;
  sockets.network = route.network;
  sockets.index = sockets.joined = route.index;
  sockets.makeshift = route.makeshift;
}

}  // namespace

Sockets join(const Membership& membership) try {
  return anywhere(membership, join_over);
} catch (const Refusal& refusal) {
  if (!membership.network.empty()) fail_errno(membership.network, refusal.error);
  if (is_unreachable(refusal.error)) fail_unreachable(membership.group);
  fail_errno(refusal.what, refusal.error);
}

void follow(const Membership& membership, Sockets& sockets) {
  try {
    Membership here = membership;
    Sockets route = anywhere(membership, [&here](const Membership&, const std::string& network) {
      return route_over(here, network);
    });
    move_to(here, std::move(route), sockets);
  } catch (const Refusal&) {
    sockets.index = 0;
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
    sockets.index = 0;
  }
}

bool is_unreachable(int error) {
  return error == ENETUNREACH || error == ENODEV || error == EADDRNOTAVAIL ||
         error == EAFNOSUPPORT || error == ENETDOWN || error == EHOSTUNREACH;
}

std::uint64_t kept_back(int receive) {
  std::uint32_t info[SK_MEMINFO_VARS] = {};
  socklen_t size = sizeof info;
  ::getsockopt(receive, SOL_SOCKET, SO_MEMINFO, info, &size);
  return info[SK_MEMINFO_DROPS];
}

}  // namespace can::udp_multicast
