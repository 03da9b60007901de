// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/blf/objects.h"
#include "formats/support/channel_numbers.h"
#include "libcan/model/message.h"

namespace can::blf {

/// How much of an object, from its start, decode() looks at at most: the longest header taken, the
/// fields of CAN_FD_ERROR_64, 64 bytes of data.
constexpr std::size_t kMaxDecoded = kMaxHeader + 44 + 64;
/// An object with a frame that says it is larger is damaged: to skip it would cost what follows.
constexpr std::size_t kMaxFrame = 1024;

/// The time of an object that isn't a container, in a log that starts at `start`. Saturated: a
/// damaged time must not wrap round.
std::chrono::nanoseconds time_of(const char* at, std::chrono::nanoseconds start);

/// Whether decode() makes a message of objects of this type.
bool holds_frame(ObjectType type);

/// The object at `at`, of a type that holds a frame, as a message. The header's fields are known
/// to be plausible; min(header.size, kMaxDecoded) bytes are there. False where it is of a header
/// version nobody knows. Throws Errc::corrupt for an object too short for what it says.
bool decode(const ObjectHeader& header, const char* at, std::chrono::nanoseconds start,
            NumberedChannels& channels, Message& out);

}  // namespace can::blf
