// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/formats.h"

namespace can::sqlite {

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);
std::unique_ptr<LogWriter> create_signals_writer(std::unique_ptr<Sink> sink,
                                                 const LogOptions& options);

}  // namespace can::sqlite
