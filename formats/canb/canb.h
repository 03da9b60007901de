// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "cansuite/formats.h"

namespace can::canb {

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);

/// Throws Errc::corrupt where the sink appends to a log with a damaged batch.
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);

}  // namespace can::canb
