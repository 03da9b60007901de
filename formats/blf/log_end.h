// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "formats/support/stream.h"

namespace can::blf {

/// Where a log can be continued, which its writer may have left in the middle of a container or of
/// an object.
struct LogEnd {
  std::uint64_t file_size = 0;      ///< bytes of the file that stay
  std::uint64_t unpacked_size = 0;  ///< the same if nothing were packed
  std::string objects;  ///< whole objects that stood behind those bytes, to be written once more
  std::uint32_t count = 0;  ///< objects in all
  std::uint64_t lost = 0;   ///< bytes behind the last whole object, unpacked where they can be
};

/// Unpacks all of `log`, which begins with a file header of `header_size` bytes and has `size`.
/// Throws Errc::io, Errc::unsupported for a container beyond 64 MiB.
LogEnd find_end(std::unique_ptr<Source> log, std::uint64_t header_size, std::uint64_t size,
                unsigned threads);

}  // namespace can::blf
