// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "formats/support/format.h"

namespace can::blf {

/// Throws Errc::corrupt for what is no BLF log.
std::unique_ptr<LogReader> open(std::unique_ptr<Source> source, const LogOptions& options);

}  // namespace can::blf
