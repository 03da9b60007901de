// SPDX-License-Identifier: MIT
// Processes with the same CANSUITE_STAND_IN_BUS and library hear each other: each has one of 16
// abstract Unix datagram sockets. Without the variable, and on Windows, there is no group.
#pragma once

#include <string>

#include "tests/stand_ins/bus.h"

namespace can::stand_in {

/// Opens the socket and starts the thread that receives, at the first call.
void join_group();
/// To all other processes; one that doesn't read for a second misses the frame.
void send_to_group(const Frame& frame);
void send_to_group(const std::string& command);

}  // namespace can::stand_in
