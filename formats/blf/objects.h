// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "formats/support/bytes.h"

namespace can::blf {

/// The types of objects that are looked into or written; the numbers are the file's.
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

constexpr std::size_t kBaseHeader = 16;    // what each object starts with
constexpr std::size_t kObjectHeader = 32;  // and what all but containers go on with
constexpr std::size_t kMaxHeader = 64;     // 40 is the largest known

/// The start of an object:
///    0  char[4]  "LOBJ"
///    4  u16      header size, bytes: 16 of a container, 32 or 40 of others
///    6  u16      header version, 1 to 3
///    8  u32      object size, bytes, with the header, without the padding behind it
///   12  u32      type
/// and of all but containers, in each version at the same place:
///   16  u32      flags: 1: times are in units of 10 us, else in ns
///   20  u16      client index, or time stamp status, or size of the static part
///   22  u16      object version
///   24  i64      time since the start of the measurement, also before it
struct ObjectHeader {
  explicit ObjectHeader(const char* at)
      : header_size(get<std::uint16_t>(at + 4)),
        version(get<std::uint16_t>(at + 6)),
        size(get<std::uint32_t>(at + 8)),
        type(get<ObjectType>(at + 12)) {}

  /// Whether the sizes can be true. What passes makes a reader move on by 16 bytes at least.
  bool plausible() const {
    return header_size >= kBaseHeader && header_size <= kMaxHeader && size >= header_size;
  }

  std::uint16_t header_size, version;
  std::uint32_t size;
  ObjectType type;
};

/// A container goes on behind its base header with
///    0  u16  compression: 0 none, 2 zlib
///    2  ...  reserved
///    8  u32  size of what it holds unpacked, bytes
///   12  u32  reserved
///   16       the objects; they may go on in the next container, at any byte
constexpr std::size_t kContainerFields = 16;
enum class Compression : std::uint16_t { none = 0, zlib = 2 };

/// Writes the header of a container with `size` bytes of data; returns the place for them.
char* put_container_header(char* at, Compression compression, std::size_t size,
                           std::size_t unpacked_size);

/// Writes base and version 1 header of another object; returns the place for its body. `size` is
/// that of all three.
char* put_object_header(char* at, ObjectType type, std::size_t size, std::int64_t time);

/// The bytes between an object's end and the next object: "LOBJ" stands up to 8 bytes away. Vector
/// pads by size % 4 (1 by 1, 2 by 2, 3 by 3), but not each type, and others align.
constexpr std::size_t kMaxPadding = 8;

/// Zero bytes behind an object of this size when we write it.
constexpr std::size_t padding_of(std::size_t object_size) { return object_size % 4; }

/// Walks from object to object through bytes that come in pieces.
class ObjectFinder {
 public:
  enum class Found {
    object,  ///< `at` points to a base header that is all there
    more,    ///< the bytes from `at` on are to be shown again, with more behind them
    junk,    ///< what should be an object isn't; the next call goes looking for one
  };

  /// Moves `at` to the next object.
  Found find(const char*& at, const char* end) {
    if (!lost_ && end - at >= static_cast<std::ptrdiff_t>(kBaseHeader) && is_start(at))
      return Found::object;
    return lost_ ? search(at, end) : find_behind_padding(at, end);
  }

  /// What comes may begin in the middle of an object.
  void lose() { lost_ = true; }
  bool lost() const { return lost_; }

  /// Bytes passed over since the last call while looking for an object.
  std::uint64_t drain_skipped() { return std::exchange(skipped_, 0); }

 private:
  static bool is_start(const char* at) { return std::memcmp(at, "LOBJ", 4) == 0; }
  Found find_behind_padding(const char*& at, const char* end);
  Found search(const char*& at, const char* end);
  void skip(const char*& at, const char* to);

  bool lost_ = false;
  std::uint64_t skipped_ = 0;
};

/// "an object of 3 bytes": what is wrong where ObjectFinder found one that isn't plausible.
std::string describe(const ObjectHeader& header);

}  // namespace can::blf
