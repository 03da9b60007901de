// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "formats/mf4/records.h"

namespace can::mf4 {

/// The data bytes of the frames of a group, where they are outside of its records: each is a u32
/// length and the bytes, at an offset that the record has.
class Payloads {
 public:
  virtual ~Payloads() = default;
  /// The first 64 bytes at most; none where nothing is at the offset. Valid until the next call.
  /// Throws Errc::io, Errc::corrupt.
  virtual std::optional<std::span<const char>> at(std::uint64_t offset) = 0;
};

/// The records of a group of variable length count as if they were joined. The offsets of frames
/// grow.
std::unique_ptr<Payloads> payloads_in_group(const RecordIndex& index, std::size_t group);

/// The values in blocks of their own.
std::unique_ptr<Payloads> payloads_in_blocks(std::unique_ptr<DataBlocks> values);

}  // namespace can::mf4
