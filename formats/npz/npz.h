// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>

#include "formats/support/format.h"

namespace can::npz {

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);

/// Bits of the array "flags".
enum Flag : std::uint8_t {
  kExtended = 1,
  kRemote = 2,
  kError = 4,
  kFd = 8,
  kBrs = 16,
  kEsi = 32,
  kTransmitted = 64,
};

constexpr std::size_t kDataWidth = 64;  ///< bytes a row of the array "data" has

}  // namespace can::npz
