// SPDX-License-Identifier: MIT
#include "drivers/udp_multicast/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <string>

#include "libcan/model/fail.h"

namespace can::udp_multicast {
namespace {

/// An empty address (size 0) when `text` isn't one.
Address parse(const std::string& text, std::uint16_t port) {
  Address address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.size = sizeof v4;
  } else if (::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    address.size = sizeof v6;
  } else {
    address.size = 0;
  }
  return address;
}

}  // namespace

std::uint16_t Address::port() const {
  // The port has the same offset in both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
}

std::span<const std::uint8_t> host_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto& host = reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
    return {reinterpret_cast<const std::uint8_t*>(&host), sizeof host};
  }
  if (address->sa_family != AF_INET6) return {};
  return reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr.s6_addr;
}

bool operator==(const Address& a, const Address& b) {
  return a.port() == b.port() && std::ranges::equal(host_of(a.get()), host_of(b.get()));
}

Address parse_group(std::string_view text, std::uint16_t port) {
  const Address group = parse(std::string(text), port);
  const auto host = host_of(group.get());
  const bool is_multicast =
      group.size != 0 && (group.is_ipv4() ? (host[0] & 0xF0) == 0xE0 : host[0] == 0xFF);
  if (!is_multicast)
    fail(Errc::invalid,
         "expected a multicast address, 224.0.0.0 to 239.255.255.255 or ff00::/8, got {}",
         quote(text));
  return group;
}

}  // namespace can::udp_multicast
