// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "cansuite/formats.h"

namespace can::mf4 {

/// Throws Errc::corrupt for what is no MDF log, Errc::unsupported for another version than 4.
std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);

/// Throws Errc::unsupported for a sink that can't be patched: a pipe, or compressed.
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);

}  // namespace can::mf4
