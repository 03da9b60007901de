// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cansuite/periodic.h"

namespace can::socketcan {

/// A running task of the kernel's broadcast manager; null if the count is above 32 bits. `where` is
/// the bus's name, for errors; `interface` the name of the network interface.
/// Throws Errc::not_found, Errc::io.
///
/// The kernel drops a message if the interface's queue is full, and doesn't report it.
std::unique_ptr<PeriodicTask> start_in_kernel(const std::string& where,
                                              const std::string& interface, const Message& message,
                                              const Cycle& cycle);

}  // namespace can::socketcan
