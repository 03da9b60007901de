// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>

#include "formats/support/bytes.h"
#include "formats/support/deflate.h"

namespace can::blf {

/// A part of what the containers of a log hold between them: one stream of objects, which may
/// begin in one container and end in the next.
struct Piece {
  /// Free places in front of `bytes`, for the start of an object that the piece before ended with.
  static constexpr std::size_t kRoom = 256;

  const char* begin() const { return memory.data() + kRoom; }
  const char* end() const { return begin() + size; }

  std::chrono::nanoseconds start{};  ///< of the log that the objects belong to
  std::uint64_t offset = 0;          ///< of the container in the file
  std::uint64_t container_end = 0;   ///< in the file, without padding
  std::uint64_t inside = 0;          ///< of the piece in the container
  std::size_t size = 0;
  bool joined = true;    ///< goes on where the piece before ended; else it begins with an object
  bool outside = false;  ///< an object that stands outside a container
  bool cut = false;      ///< behind the bytes, some are missing
  std::exception_ptr failure;  ///< what is wrong there; to be thrown after them
  std::string remark;          ///< what is odd, but costs nothing

  Buffer memory;
  bool is_packed = false;                          // still, for unpack()
  std::size_t packed_size = 0, unpacked_size = 0;  // unpacked: as the container says
  Buffer packed;
  Inflater inflater;
};

}  // namespace can::blf
