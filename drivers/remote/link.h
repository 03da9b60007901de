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

/// How a client reaches a server and what it asks for.
struct LinkOptions {
  Endpoint server;
  std::optional<Version>
      version;  ///< unset: our own, and where the server has none of it, 4, then 5
  BusConfig config;
  std::string token;
  std::shared_ptr<const Tls> tls;                            ///< encrypts; null: plain
  std::chrono::nanoseconds limit = std::chrono::seconds(5);  ///< to connect, and for the answer
};

/// A connection to a server that has opened a bus for us.
struct Link {
  std::unique_ptr<Transport> transport;
  Version version = Version::own;
  std::string description;             ///< the server's, of its bus
  bool read_only = false;              ///< the server takes no messages
  std::vector<std::uint8_t> received;  ///< behind the handshake
};

/// There is no server that answers: there may be one later.
class Unreachable : public Error {
 public:
  using Error::Error;
};

/// Connects and makes the handshake. Throws Errc::not_found, Errc::io, Errc::unsupported; also what
/// the server said against it.
std::unique_ptr<Link> make_link(const LinkOptions& options);

}  // namespace can::remote
