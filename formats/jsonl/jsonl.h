// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "cansuite/formats.h"

namespace can::jsonl {

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);

/// The members of most messages behind "extended": a classic data frame.
inline constexpr char kPlainFlags[] =
    ",\"remote\":false,\"error\":false,\"fd\":false,\"brs\":false,\"esi\":false";

}  // namespace can::jsonl
