// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>

#include <vector>

#include "libcan/net/address.h"
#include "libcan/platform/descriptor.h"

namespace can::remote {

/// Listening sockets, one for each address of the host, at least one. Port 0 is any free port.
/// Throws Errc::not_found, Errc::io: "port 54701: address already in use".
std::vector<Descriptor> listen_on(const Endpoint& where);

/// The listening socket with this descriptor number, which another process such as systemd made.
/// Throws Errc::invalid for any other descriptor.
Descriptor adopt_listening(int number);

sockaddr_storage local_address(const Descriptor& socket);

/// Sets up a connected socket: small writes leave at once, and keep-alive probes notice within a
/// minute when the peer's machine is gone. Throws Errc::io.
void prepare(const Descriptor& socket);

}  // namespace can::remote
