// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "libcan/model/periodic.h"

namespace can::socketcan {

/// A running task of the kernel's broadcast manager; null when it can't count that far. `where` is
/// the bus's name, for errors; `interface` the name of the network interface.
/// Throws Errc::not_found, Errc::io.
///
/// What finds the interface's queue full is lost: the kernel doesn't tell.
std::unique_ptr<PeriodicTask> start_in_kernel(const std::string& where,
                                              const std::string& interface, const Message& message,
                                              const Cycle& cycle);

}  // namespace can::socketcan
