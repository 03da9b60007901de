// SPDX-License-Identifier: MIT
#include "libcan/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>
#include <cstring>
#include <optional>

#include "libcan/model/fail.h"

namespace can::remote {
namespace {

using Host = std::array<std::uint8_t, 16>;

// IPv4 addresses in IPv6 form, ::ffff:a.b.c.d, so that all addresses compare alike.
constexpr Host kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kMappedBits = 96;

Host host_of(const sockaddr_storage& address) {
  Host host = kMapped;
  if (address.ss_family == AF_INET)
    std::memcpy(&host[12], &reinterpret_cast<const sockaddr_in&>(address).sin_addr, 4);
  else
    std::memcpy(host.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, 16);
  return host;
}

bool equal_bits(const Host& a, const Host& b, unsigned bits) {
  for (unsigned bit = 0; bit < bits; bit += 8) {
    const unsigned left = bits - bit;
    const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xFF : 0xFF << (8 - left));
    if (((a[bit / 8] ^ b[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

bool is_mapped(const Host& host) { return equal_bits(host, kMapped, kMappedBits); }

std::optional<unsigned> parse_number(std::string_view text, unsigned limit) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end || value > limit) return std::nullopt;
  return value;
}

}  // namespace

Endpoint parse_endpoint(std::string_view text, std::uint16_t default_port) {
  std::string_view host = text, port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    host = text.substr(1, end == text.npos ? end : end - 1);
    const std::string_view rest = end == text.npos ? text : text.substr(end + 1);
    has_port = rest.starts_with(':');
    if (has_port) port = rest.substr(1);
    if (!has_port && !rest.empty()) host = {};
  } else if (const std::size_t colon = text.find(':');
             colon != text.npos && text.find(':', colon + 1) == text.npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    has_port = true;
  }
  const auto number = has_port ? parse_number(port, 65'535) : default_port;
  if (host.empty() || !number)
    fail(Errc::invalid, "expected HOST, HOST:PORT or [IPV6]:PORT, got {}", quote(text));
  return {std::string(host), static_cast<std::uint16_t>(*number)};
}

std::string to_string(const Endpoint& endpoint) {
  const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
                 : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

AddressList resolve(const Endpoint& endpoint, bool listening) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV | (listening ? AI_PASSIVE : 0);
  addrinfo* found = nullptr;
  const int error =
      ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &wanted, &found);
  if (error != 0)
    fail(Errc::not_found, "no host {}: {}", quote(endpoint.host), ::gai_strerror(error));
  return {found, &::freeaddrinfo};
}

std::string to_string(const sockaddr_storage& address) {
  const Host host = host_of(address);
  char text[INET6_ADDRSTRLEN] = "?";
  if (is_mapped(host))
    ::inet_ntop(AF_INET, &host[12], text, sizeof text);
  else
    ::inet_ntop(AF_INET6, host.data(), text, sizeof text);
  return to_string(Endpoint{text, port_of(address)});
}

std::uint16_t port_of(const sockaddr_storage& address) {
  // The port has the same offset in both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

Network::Network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string host(text.substr(0, slash));
  const bool is_ipv4 = host.find(':') == std::string::npos;
  if (is_ipv4) host_ = kMapped;
  const bool good = is_ipv4 ? ::inet_pton(AF_INET, host.c_str(), &host_[12]) == 1
                            : ::inet_pton(AF_INET6, host.c_str(), host_.data()) == 1;
  const unsigned limit = is_ipv4 ? 32 : 128;
  const auto bits = slash == text.npos ? limit : parse_number(text.substr(slash + 1), limit);
  if (!good || !bits)
    fail(Errc::invalid, "expected an address or a range such as 192.0.2.0/24, got {}", quote(text));
  prefix_ = *bits + (is_ipv4 ? kMappedBits : 0);
}

bool Network::contains(const sockaddr_storage& address) const {
  return equal_bits(host_of(address), host_, prefix_);
}

bool is_loopback(const sockaddr_storage& address) {
  static const Network ipv4("127.0.0.0/8"), ipv6("::1");
  return ipv4.contains(address) || ipv6.contains(address);
}

}  // namespace can::remote
