// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>

#include <vector>

#include "libcan/net/address.h"
#include "libcan/platform/descriptor.h"

namespace can::remote {

/// Sockets that listen on each address of the host; at least one. Port 0 is any that is free.
/// Throws Errc::not_found, Errc::io: "port 54701: address already in use".
std::vector<Descriptor> listen_on(const Endpoint& where);

/// A socket that another process made to listen, such as systemd. Throws Errc::invalid.
Descriptor adopt_listening(int number);

sockaddr_storage local_address(const Descriptor& socket);

/// Sends at once what is sent, and finds out when the other side's machine has gone.
void prepare(const Descriptor& socket);

}  // namespace can::remote
