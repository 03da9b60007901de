// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>

#include <vector>

#include "drivers/remote/server.h"
#include "drivers/support/descriptor.h"

namespace can::remote {

/// Sockets that listen on each address of the host, or the one inherited. At least one. Throws
/// Errc::not_found, Errc::io: "port 54701: address already in use".
std::vector<Descriptor> listen_on(const ServerOptions& options);

sockaddr_storage local_address(const Descriptor& socket);

/// Sends at once what is sent, and finds out when the other side's machine has gone.
void prepare(const Descriptor& socket);

}  // namespace can::remote
