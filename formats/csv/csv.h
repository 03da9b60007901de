// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "cansuite/formats.h"
#include "formats/csv/dialect.h"

namespace can::csv {

/// Of any dialect. Throws Errc::corrupt for a log that starts with no header.
std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);

/// Throws Errc::unsupported where the sink appends to a log with other columns.
template <Dialect kDialect>
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);

}  // namespace can::csv
