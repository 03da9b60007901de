// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "formats/support/format.h"

namespace can::blf {

/// Throws Errc::corrupt where the sink appends to what is no BLF log.
std::unique_ptr<LogWriter> create(std::unique_ptr<Sink> sink, const LogOptions& options);

}  // namespace can::blf
