// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "cansuite/message.h"
#include "formats/blf/objects.h"
#include "formats/support/channel_numbers.h"

namespace can::blf {

/// The bytes at the start of an object that decode() reads at most: the longest header, the fields
/// of CAN_FD_ERROR_64, 64 bytes of data.
constexpr std::size_t kMaxDecoded = kMaxHeader + 44 + 64;
/// A larger object with a frame is damaged: skipping its size would lose the objects behind it.
constexpr std::size_t kMaxFrame = 1024;

/// The time of an object, not a container, in a log that starts at `start`. Saturated, so that a
/// damaged time does not overflow.
std::chrono::nanoseconds time_of(const char* at, std::chrono::nanoseconds start);

/// Whether decode() makes a message of objects of this type.
bool holds_frame(ObjectType type);

/// Decodes the object at `at`, of a type that holds a frame. The header is plausible and
/// min(header.size, kMaxDecoded) bytes are in memory. False for an unknown header version. Throws
/// Errc::corrupt for an object that is too short.
bool decode(const ObjectHeader& header, const char* at, std::chrono::nanoseconds start,
            NumberedChannels& channels, Message& out);

}  // namespace can::blf
