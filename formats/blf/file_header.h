// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "formats/support/civil_time.h"

namespace can::blf {

constexpr std::size_t kFileHeader = 144;

/// What the file starts with. Counts and sizes are hints: a log that was never closed has old ones.
///    0  char[4]  "LOGG"
///    4  u32      header size, bytes  (144)
///    8  u32      API number: major * 1,000,000 + minor * 10,000 + build * 100 + patch
///   12  u8       application  (0 unknown)
///   13  u8       compression level
///   14  u8[2]    application's version
///   16  u64      file size, bytes
///   24  u64      the same if nothing were packed or padded
///   32  u32      objects, containers not counted
///   36  u32      application's build
///   40  u16[8]   start of the measurement: year, month, weekday (0 Sunday), day, hour, minute,
///                second, millisecond; zeros: unknown
///   56  u16[8]   time of the last object
///   72  ...      where restore points are, and 64 reserved bytes  (0)
struct FileHeader {
  std::uint32_t size = kFileHeader;
  std::uint64_t file_size = kFileHeader, unpacked_size = kFileHeader;
  std::uint32_t objects = 0;
  std::chrono::nanoseconds start{}, end{};  ///< 0: unknown

  /// `bytes` are at least kFileHeader. Throws Errc::corrupt ("not a BLF log").
  static FileHeader parse(std::string_view bytes, const TimeZone& zone);
  /// Puts counts, sizes and times into a header's bytes; leaves the rest as it is.
  void put_into(std::array<char, kFileHeader>& bytes, const TimeZone& zone) const;
};

/// The header of a new log.
std::array<char, kFileHeader> new_file_header(int compression_level);

/// The latest time not after `first` that a header can hold exactly; 0 where that is no date.
std::chrono::nanoseconds start_for(std::chrono::nanoseconds first, const TimeZone& zone);

bool is_blf(std::string_view head);

}  // namespace can::blf
