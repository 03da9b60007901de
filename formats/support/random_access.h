// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "cansuite/stream.h"

namespace can {

/// Bytes that can be read in any order: a file, or memory. Not thread-safe.
class RandomAccess {
 public:
  virtual ~RandomAccess() = default;

  /// Number of bytes when the log was opened; a file that is being written may have more by now.
  virtual std::uint64_t size() const = 0;
  /// Reads the bytes from `offset` on, fewer only at the end. Throws Errc::io.
  virtual std::size_t read_at(std::uint64_t offset, std::span<char> out) = 0;
};

/// All bytes of `source`. A pipe or compressed data are first copied to a temporary file, which
/// takes until the end of the pipe. Throws what the source throws.
std::unique_ptr<RandomAccess> random_access(std::unique_ptr<Source> source);

}  // namespace can
