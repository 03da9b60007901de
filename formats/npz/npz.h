// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>

#include "cansuite/formats.h"

namespace can::npz {

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);
std::unique_ptr<LogWriter> create_signals_writer(std::unique_ptr<Sink> sink,
                                                 const LogOptions& options);

constexpr std::size_t kDataWidth = 64;  ///< bytes a row of the array "data" has

}  // namespace can::npz
