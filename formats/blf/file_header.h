// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "libcan/model/civil_time.h"

namespace can::blf {

constexpr std::size_t kFileHeader = 144;  ///< bytes

/// The start of a file. Counts and sizes are hints: they are old in a log that was never closed.
///    0  char[4]  "LOGG"
///    4  u32      header size, bytes  (144)
///    8  u32      API number: major * 1,000,000 + minor * 10,000 + build * 100 + patch
///   12  u8       application  (0 unknown)
///   13  u8       compression level
///   14  u8[2]    version of the application
///   16  u64      file size, bytes
///   24  u64      file size without compression and padding, bytes
///   32  u32      number of objects, without containers
///   36  u32      build of the application
///   40  u16[8]   start of the measurement: year, month, weekday (0 Sunday), day, hour, minute,
///                second, millisecond; zeros: unknown
///   56  u16[8]   time of the last object
///   72  ...      offset of restore points, and 64 reserved bytes  (0)
struct FileHeader {
  std::uint32_t size = kFileHeader;           ///< header size, bytes
  std::uint64_t file_size = kFileHeader;      ///< bytes
  std::uint64_t unpacked_size = kFileHeader;  ///< file size without compression, bytes
  std::uint32_t objects = 0;                  ///< number of objects
  std::chrono::nanoseconds start{},
      end{};  ///< start of the log, time of its last object; 0: unknown

  /// Reads a header of at least kFileHeader bytes. Throws Errc::corrupt ("not a BLF log").
  static FileHeader parse(std::string_view bytes, const TimeZone& zone);
  /// Writes counts, sizes and times into the bytes of a header; the others stay.
  void put_into(std::array<char, kFileHeader>& bytes, const TimeZone& zone) const;
};

/// The bytes of a new log's header.
std::array<char, kFileHeader> new_file_header(int compression_level);

/// The latest time not after `first` that a header can hold exactly; 0 for a time without a date.
std::chrono::nanoseconds start_for(std::chrono::nanoseconds first, const TimeZone& zone);

bool is_blf(std::string_view head);

}  // namespace can::blf
