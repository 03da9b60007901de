// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "cansuite/formats.h"

namespace can::trc {

/// Reads any version from 1.0 to 2.1.
std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);

enum class Version { v1_1, v2_1 };
template <Version kVersion>
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);

}  // namespace can::trc
