// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// The protocol between a service and systemd. Without systemd the functions do nothing.
/// Source: sd_notify(3), sd_listen_fds(3).
namespace can::systemd {

/// Sends a state to the service manager: "READY=1", "STOPPING=1".
void notify(std::string_view state);

/// Descriptor of the listening socket passed by the service manager; -1: none. Throws
/// Errc::unsupported where there are several.
int inherited_socket();

}  // namespace can::systemd
