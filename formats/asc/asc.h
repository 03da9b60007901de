// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "cansuite/formats.h"

namespace can::asc {

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);

/// As Format::sniff.
int sniff(std::string_view head);

}  // namespace can::asc
