// SPDX-License-Identifier: MIT
#pragma once

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace can::remote {

/// A host and a port as a user writes them.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};

/// "host", "host:port", "192.0.2.1:port", "[2001:db8::1]:port", "2001:db8::1". Throws
/// Errc::invalid.
Endpoint parse_endpoint(std::string_view text, std::uint16_t default_port);

/// "host:port" or "[2001:db8::1]:port".
std::string to_string(const Endpoint& endpoint);

/// A result of getaddrinfo(3).
using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// Resolves the host. `listening`: as an address to listen on. Throws Errc::not_found.
AddressList resolve(const Endpoint& endpoint, bool listening);

/// "192.0.2.1:54701", "[2001:db8::1]:54701". An IPv4 address in IPv6 shows as IPv4.
std::string to_string(const sockaddr_storage& address);

std::uint16_t port_of(const sockaddr_storage& address);

/// A range of addresses: "192.0.2.0/24", "2001:db8::/32", or one address.
class Network {
 public:
  /// Throws Errc::invalid.
  explicit Network(std::string_view text);
  bool contains(const sockaddr_storage& address) const;

 private:
  std::array<std::uint8_t, 16> host_{};
  unsigned prefix_ = 0;  // bits of the address that are compared
};

bool is_loopback(const sockaddr_storage& address);

}  // namespace can::remote
