// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "libcan/model/bytes.h"

namespace can::blf {

/// The types of objects that are read or written, with their numbers in the file.
enum class ObjectType : std::uint32_t {
  can_message = 1,
  can_error = 2,
  can_overload = 3,
  can_statistic = 4,
  container = 10,
  can_driver_error = 31,
  app_text = 65,
  can_error_ext = 73,
  can_driver_error_ext = 74,
  can_message2 = 86,
  overrun_error = 91,
  event_comment = 92,
  global_marker = 96,
  can_fd_message = 100,
  can_fd_message_64 = 101,
  can_fd_error_64 = 104,
  data_lost_end = 126,
  can_xl_frame = 139,
};

constexpr std::size_t kBaseHeader = 16;    // bytes at the start of each object
constexpr std::size_t kObjectHeader = 32;  // bytes of all objects but containers
constexpr std::size_t kMaxHeader = 64;     // bytes; the largest known has 40

/// The header of an object:
///    0  char[4]  "LOBJ"
///    4  u16      header size, bytes: 16 of a container, 32 or 40 of others
///    6  u16      header version, 1 to 3
///    8  u32      object size, bytes, with the header, without the padding after it
///   12  u32      type
/// and of all objects but containers, at the same offsets in each version:
///   16  u32      flags: 1: times are in units of 10 us, else in ns
///   20  u16      client index, or time stamp status, or size of the static part
///   22  u16      object version
///   24  i64      time since the start of the measurement, may be negative
struct ObjectHeader {
  explicit ObjectHeader(const char* at)
      : header_size(get<std::uint16_t>(at + 4)),
        version(get<std::uint16_t>(at + 6)),
        size(get<std::uint32_t>(at + 8)),
        type(get<ObjectType>(at + 12)) {}

  /// Whether the sizes are possible. A reader then moves on by at least 16 bytes.
  bool plausible() const {
    return header_size >= kBaseHeader && header_size <= kMaxHeader && size >= header_size;
  }

  std::uint16_t header_size, version;
  std::uint32_t size;
  ObjectType type;
};

/// The fields of a container behind its base header:
///    0  u16  compression: 0 none, 2 zlib
///    2  ...  reserved
///    8  u32  size of the content without compression, bytes
///   12  u32  reserved
///   16       the objects; the last one may continue in the next container, at any byte
constexpr std::size_t kContainerFields = 16;
enum class Compression : std::uint16_t { none = 0, zlib = 2 };

/// Writes the header of a container with `size` bytes of data; returns the end.
char* put_container_header(char* at, Compression compression, std::size_t size,
                           std::size_t unpacked_size);

/// Writes the base header and version 1 header of an object; returns the end. `size` includes the
/// headers.
char* put_object_header(char* at, ObjectType type, std::size_t size, std::int64_t time);

/// The number of bytes between two objects, at most. Vector pads by size % 4 (1 by 1, 2 by 2, 3 by
/// 3), but not all types; others align.
constexpr std::size_t kMaxPadding = 8;

/// The number of zero bytes after an object of this size that is written here.
constexpr std::size_t padding_of(std::size_t object_size) { return object_size % 4; }

/// Finds object after object in bytes that come in pieces.
class ObjectFinder {
 public:
  enum class Found {
    object,  ///< `at` points to a complete base header
    more,    ///< needs the bytes from `at` on again, and more
    junk,    ///< no object where one was expected; the next call searches for one
  };

  /// Moves `at` to the next object.
  Found find(const char*& at, const char* end) {
    if (!lost_ && end - at >= static_cast<std::ptrdiff_t>(kBaseHeader) && is_start(at))
      return Found::object;
    return lost_ ? search(at, end) : find_behind_padding(at, end);
  }

  /// The next bytes may start within an object: search for one.
  void lose() { lost_ = true; }
  bool lost() const { return lost_; }

  /// The number of bytes skipped in searches since the last call.
  std::uint64_t drain_skipped() { return std::exchange(skipped_, 0); }

 private:
  static bool is_start(const char* at) { return std::memcmp(at, "LOBJ", 4) == 0; }
  Found find_behind_padding(const char*& at, const char* end);
  Found search(const char*& at, const char* end);
  void skip(const char*& at, const char* to);

  bool lost_ = false;
  std::uint64_t skipped_ = 0;
};

/// "an object of 3 bytes with a header of 16": an object that is not plausible, for an error text.
std::string describe(const ObjectHeader& header);

}  // namespace can::blf
