// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

/// Bits and sizes of the events in protocol.h, for decoding and encoding.
namespace can::remote {

// Flags of a message, and from fd on of a frame of version 64.
// Of message_flags(): a frame has all of them, a message of versions 4 and 5 the classic ones.
constexpr std::uint8_t kExtended = 1, kRemote = 2, kFd = 8, kClassicFlags = 1 | 2 | 4;
// Flags of a session request.
constexpr std::uint8_t kReceiveOwn = 1, kWantsSuccess = 2, kFdOn = 4, kFdOff = 8, kWantsNotes = 16,
                       kKnowsBusy = 32;
// Flags of a filter of version 64.
constexpr std::uint8_t kOneKind = 1, kExtendedKind = 2, kInverted = 4;

constexpr std::uint32_t kTopBit = 0x80000000;
constexpr std::size_t kFrameHead = 16;

}  // namespace can::remote
