// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libcan/model/config.h"
#include "libcan/model/error.h"
#include "libcan/net/address.h"
#include "libcan/net/tls.h"
#include "libcan/net/transport.h"
#include "libcan/remote/protocol.h"

namespace can::remote {

/// How a client reaches a server, and what the client asks for.
struct LinkOptions {
  Endpoint server;
  std::optional<Version> version;  ///< unset: 64, then 4, then 5, until the server knows one
  BusConfig config;
  std::string token;                                         ///< at most 255 bytes
  std::shared_ptr<const Tls> tls;                            ///< encrypts; null: plain TCP
  std::chrono::nanoseconds limit = std::chrono::seconds(5);  ///< to connect and to be answered
};

/// A connection to a server that has opened a bus for this client.
struct Link {
  std::unique_ptr<Transport> transport;
  Version version = Version::own;
  std::string description;             ///< of the bus, in the server's words
  bool read_only = false;              ///< the server takes no messages
  std::vector<std::uint8_t> received;  ///< bytes behind the server's answer
};

/// Thrown where no server answers now; a later attempt may succeed.
class Unreachable : public Error {
 public:
  using Error::Error;
};

/// Connects and makes the client's part of the handshake. Throws Unreachable, Errc::corrupt and
/// Errc::unsupported for what is no CAN server, Errc::io with the server's words where the server
/// refuses.
std::unique_ptr<Link> make_link(const LinkOptions& options);

}  // namespace can::remote
