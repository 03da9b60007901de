// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

/// Fields of a zip archive. Source: PKWARE APPNOTE.TXT 6.3.10, chapter 4.
namespace can::zip {

// Signatures of records.
constexpr std::uint32_t kLocal = 0x04034B50, kCentral = 0x02014B50, kEnd = 0x06054B50,
                        kEnd64 = 0x06064B50, kLocator64 = 0x07064B50, kDescriptor = 0x08074B50;
constexpr std::uint16_t kVersion = 45;                     // 4.5 has zip64
constexpr std::uint16_t kStored = 0, kDeflated = 8;        // methods
constexpr std::uint16_t kEncrypted = 1, kSizesBehind = 8;  // flags
constexpr std::uint16_t kZip64 = 1;          // id of the extra field with 64-bit sizes
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // a size that is in the extra field
constexpr std::size_t kLocalSize = 30;

}  // namespace can::zip
