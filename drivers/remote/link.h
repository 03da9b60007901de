// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cansuite/config.h"
#include "libcan/model/fail.h"
#include "libcan/net/address.h"
#include "libcan/net/tls.h"
#include "libcan/net/transport.h"
#include "libcan/remote/protocol.h"

namespace can::remote {

/// The options of a connection to a server, and of its bus.
struct LinkOptions {
  Endpoint server;
  std::optional<Version> version;  ///< unset: tries 64, then 4, then 5
  BusConfig config;
  std::string token;               ///< at most 255 bytes
  std::shared_ptr<const Tls> tls;  ///< encrypts; null: plain TCP
  std::chrono::nanoseconds limit =
      std::chrono::seconds(5);  ///< for connecting and the server's answer
};

/// A connection to a server that has opened a bus for this client.
struct Link {
  std::unique_ptr<Transport> transport;
  Version version = Version::own;
  std::string description;             ///< of the bus, in the server's words
  bool read_only = false;              ///< the server refuses messages of clients
  std::vector<std::uint8_t> received;  ///< bytes behind the server's answer
};

/// Thrown if no server answers or takes clients now; a later attempt may succeed.
class Unreachable : public Error {
 public:
  using Error::Error;
};

/// Connects and makes the client's part of the handshake. Throws Unreachable, also for a server
/// that is full; Errc::corrupt and Errc::unsupported for a peer that is not a CAN server; Errc::io
/// with the text of a server that refuses.
std::unique_ptr<Link> make_link(const LinkOptions& options);

}  // namespace can::remote
