// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace can::udp_multicast {

/// An IPv4 or IPv6 address with a port, in the form of the socket calls.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  bool is_ipv4() const { return storage.ss_family == AF_INET; }
  std::uint16_t port() const;
};

/// The 4 or 16 bytes of the host's address, in network order; none in another family.
std::span<const std::uint8_t> host_of(const sockaddr* address);

/// Same host, same port.
bool operator==(const Address& a, const Address& b);

/// "239.74.163.2" or "ff02::1". Throws Errc::invalid for other than a multicast address.
Address parse_group(std::string_view text, std::uint16_t port);

}  // namespace can::udp_multicast
