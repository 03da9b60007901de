// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "libcan/model/bytes.h"
#include "libcan/platform/deflate.h"

namespace can::mf4 {

/// Records of one group on their way to the file: filled, compressed on any thread, written in
/// order. The memory is reused.
struct DataImage {
  std::size_t group = 0;        ///< index in the writer
  std::size_t record_size = 0;  ///< bytes
  std::size_t size = 0;         ///< bytes of records
  Buffer records;
  std::size_t block_size = 0;  ///< bytes of the data block in the file, a multiple of 8
  Buffer block;
  Buffer columns;
  std::optional<Deflater> deflater;
};

/// Makes the data block: DT at level 0, else DZ with the records transposed.
void make_block(DataImage& image, int level);

/// Room for the list (DL) of one data block at `block`, whose records begin at `offset` of all.
constexpr std::size_t kListSize = 56;  // bytes
void put_list(char* at, std::uint64_t block, std::uint64_t offset);

}  // namespace can::mf4
