// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libcan/canb/canb.h"

/// The bytes of a batch, little endian:
///
///   0  char[4]  "canb"
///   4  u8       version  (1)
///   5  u8       codec of the columns  (0 stored, 1 zlib)
///   6  u8       number of names
///   7  u8       bytes of a time step, 0 to 8
///   8  u32      size of the batch, bytes, with the checksum
///  12  u32      size of the columns before compression, bytes
///  16  u16      number of messages
///  18  u16      number of kinds
///  20  u32      unit of the time steps, ns
///  24  i64      time of the first message, ns
///  32  u64 * 5  BatchInfo
///  72           names: u8 length, bytes
///               columns
///  -4  u32      CRC-32 of all bytes before
///
/// Columns: a number of more than one byte stands as planes, all lowest bytes first.
///
///   kinds     channel u8 (0 none, else 1 + index of the name), flags u8, length u8, raw_dlc u8, id
///             u32 (difference to the kind before)
///   messages  index of the kind, u8, or u16 where there are more than 256; time step, zigzag
///   data      kind by kind, byte by byte, the messages' bytes xor the kind's bytes before
namespace can::canb {

inline constexpr std::string_view kMagic = "canb";
inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::size_t kHeadSize = 72;
inline constexpr std::size_t kSumSize = 4;
inline constexpr std::size_t kKindSize = 8;                   // bytes of a kind in the columns
inline constexpr std::uint32_t kLongestUnit = 1'000'000'000;  // ns

enum class Codec : std::uint8_t { stored, zlib };

/// The head of a batch.
struct Head {
  Codec codec = Codec::stored;
  std::size_t names = 0;
  std::size_t step_size = 0;  // bytes of a time step
  std::size_t size = 0;       // of the batch, bytes
  std::size_t columns = 0;    // bytes before compression
  std::size_t messages = 0;
  std::size_t kinds = 0;
  std::uint32_t unit = 1;  // of the time steps, ns
  std::int64_t start = 0;  // time of the first message, ns
  BatchInfo info;

  std::size_t index_size() const { return kinds > 256 ? 2u : 1u; }  // bytes of a kind's index
};

/// Writes kHeadSize bytes.
void put_head(char* at, const Head& head);

/// Reads kHeadSize bytes. Every field is within its limits. Throws Errc::corrupt.
Head get_head(const char* at);

/// Whether these bytes are the start of a batch, as far as they go.
bool is_start(std::string_view bytes);

}  // namespace can::canb
