// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>

#include "libcan/model/bytes.h"
#include "libcan/platform/deflate.h"

namespace can::blf {

/// A part of the contents of a log's containers, which are one stream of objects. An object may
/// start in one container and end in the next.
struct Piece {
  /// Free bytes before the content, for the start of an object that ended the piece before.
  static constexpr std::size_t kRoom = 256;

  const char* begin() const { return memory.data() + kRoom; }
  const char* end() const { return begin() + size; }

  std::chrono::nanoseconds start{};  ///< start of the log that the objects belong to; 0: no date
  std::uint64_t offset = 0;          ///< of the container in the file, bytes
  std::uint64_t container_end = 0;   ///< offset in the file, without padding
  std::uint64_t inside = 0;          ///< offset of the piece in the container, bytes
  std::size_t size = 0;              ///< bytes of content
  bool joined = true;                ///< continues the piece before; else it starts with an object
  bool outside = false;              ///< an object outside of a container
  bool cut = false;                  ///< bytes are missing behind the content
  std::exception_ptr failure;        ///< the damage there; to be thrown after the content
  std::string remark;                ///< a warning about an oddity that loses nothing

  Buffer memory;
  bool is_packed = false;                          // unpack() is still to be called
  std::size_t packed_size = 0, unpacked_size = 0;  // bytes; unpacked as the container says
  Buffer packed;
  Inflater inflater;
};

}  // namespace can::blf
