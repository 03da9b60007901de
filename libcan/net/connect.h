// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/wait.h"
#include "libcan/net/address.h"
#include "libcan/platform/descriptor.h"

namespace can::remote {

/// A connected, non-blocking TCP socket, set up as prepare() does; tries every address of the host.
/// Looking the host up may take longer than the deadline. Throws Errc::not_found, Errc::io.
Descriptor connect_to(const Endpoint& server, const Deadline& deadline);

}  // namespace can::remote
