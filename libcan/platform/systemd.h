// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// What a service tells systemd, and what it gets from it. Without systemd all of it does nothing.
/// Source: sd_notify(3), sd_listen_fds(3).
namespace can::systemd {

/// Tells the service manager: "READY=1", "STOPPING=1".
void notify(std::string_view state);

/// The socket that the service manager listens on for us; -1: none. Throws Errc::unsupported where
/// there are several.
int inherited_socket();

}  // namespace can::systemd
