// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cansuite/stream.h"

namespace can::blf {

/// The place where a log can be continued. Its writer may have been killed within a container or
/// object.
struct LogEnd {
  std::uint64_t file_size = 0;      ///< bytes of the file that are kept
  std::uint64_t unpacked_size = 0;  ///< the same without compression
  std::string objects;              ///< complete objects after these bytes, to be written again
  std::uint32_t count = 0;          ///< number of objects
  std::uint64_t lost = 0;  ///< bytes after the last complete object, decompressed if possible
};

/// Decompresses all of `log`, which has `size` bytes and a file header of `header_size`. Throws
/// Errc::io, and Errc::unsupported for a container of more than 64 MiB or a joined log.
LogEnd find_end(std::unique_ptr<Source> log, std::uint64_t header_size, std::uint64_t size,
                unsigned threads);

}  // namespace can::blf
